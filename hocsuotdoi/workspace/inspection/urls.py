from django.urls import path

from hocsuotdoi.workspace.inspection import checklists, figures, plans, visit, visits

urlpatterns = [
    path("inspection/", visits.visit_list, name="inspection-visit-list"),
    path("inspection/plans/", plans.plan_list, name="inspection-plan-list"),
    path("inspection/plans/new/", plans.plan_create, name="inspection-plan-create"),
    path("inspection/plans/<int:pk>/", plans.plan_detail, name="inspection-plan-detail"),
    path("inspection/plans/<int:pk>/choose/", plans.plan_choose, name="inspection-plan-choose"),
    path("inspection/plans/<int:pk>/visits/", plans.visit_add, name="inspection-visit-add"),
    path("inspection/figures/", figures.figure_list, name="inspection-figure-list"),
    path("inspection/checklists/", checklists.checklist_list, name="inspection-checklist-list"),
    path("inspection/checklists/<int:pk>/", checklists.checklist_detail, name="inspection-checklist-detail"),
    path("inspection/checklists/<int:pk>/own/", checklists.checklist_publish, name="inspection-checklist-publish"),
    path("inspection/checklists/<int:pk>/retire/", checklists.checklist_retire, name="inspection-checklist-retire"),
    path("inspection/visits/<uuid:pk>/", visits.visit_detail, name="inspection-visit-detail"),
    path("inspection/visits/<uuid:pk>/answers/", visit.answer_write, name="inspection-answer-write"),
    path("inspection/visits/<uuid:pk>/begin/", visit.visit_begin, name="inspection-visit-begin"),
    path("inspection/visits/<uuid:pk>/change/", visit.visit_change, name="inspection-visit-change"),
    path("inspection/visits/<uuid:pk>/cancel/", visit.visit_cancel, name="inspection-visit-cancel"),
    path("inspection/visits/<uuid:pk>/findings/", visit.finding_add, name="inspection-finding-add"),
    path(
        "inspection/visits/<uuid:pk>/findings/<uuid:finding>/remove/",
        visit.finding_remove,
        name="inspection-finding-remove",
    ),
    path(
        "inspection/visits/<uuid:pk>/findings/<uuid:finding>/check/",
        visit.finding_check,
        name="inspection-finding-check",
    ),
    path("inspection/visits/<uuid:pk>/opinion/", visit.opinion_state, name="inspection-opinion-state"),
    path("inspection/visits/<uuid:pk>/close/", visit.visit_close, name="inspection-visit-close"),
    path("inspection/visits/<uuid:pk>/minutes/", visit.minutes_freeze, name="inspection-minutes-freeze"),
    path("inspection/visits/<uuid:pk>/photos/", visit.photo_add, name="inspection-photo-add"),
    path("inspection/visits/<uuid:pk>/photos/<slug:digest>/", visits.photo_open, name="inspection-photo-open"),
]
