from django.urls import path

from hocsuotdoi.workspace.programme import drafts, life, rehoming, task_rehoming, views

urlpatterns = [
    path("plans/", views.plan_list, name="programme-plan-list"),
    path("plans/new/", views.plan_create, name="programme-plan-create"),
    path("plans/from-file/", views.plan_upload, name="programme-plan-upload"),
    path("plans/draft/", drafts.draft_begin, name="programme-draft-begin"),
    path("plans/rehoming/", rehoming.rehoming_list, name="programme-rehoming-list"),
    path("plans/rehoming/tasks/", task_rehoming.task_rehoming_list, name="programme-task-rehoming-list"),
    path(
        "plans/<slug:code>/rehoming/tasks/",
        task_rehoming.task_rehoming_decide,
        name="programme-task-rehoming-decide",
    ),
    path("plans/<slug:code>/rehoming/", rehoming.rehoming_decide, name="programme-rehoming-decide"),
    path("plans/<slug:code>/draft/", drafts.draft_detail, name="programme-draft"),
    path("plans/<slug:code>/draft/head/", drafts.draft_head, name="programme-draft-head"),
    path("plans/<slug:code>/draft/clause/", drafts.draft_clause, name="programme-draft-clause"),
    path("plans/<slug:code>/draft/clause/drop/", drafts.draft_clause_drop, name="programme-draft-clause-drop"),
    path("plans/<slug:code>/draft/discard/", drafts.draft_discard, name="programme-draft-discard"),
    path("plans/<slug:code>/issue/", life.plan_issue, name="programme-plan-issue"),
    path("plans/<slug:code>/replace/", life.plan_replace, name="programme-plan-replace"),
    path("plans/<slug:code>/retire/", life.plan_retire, name="programme-plan-retire"),
    path("plans/<slug:code>/inherit/", life.plan_inherit, name="programme-plan-inherit"),
    path("plans/<slug:code>/addendum/", views.addendum_create, name="programme-addendum-create"),
    path("plans/<slug:code>/addendum/draft/", drafts.addendum_begin, name="programme-addendum-begin"),
    path("plans/<slug:code>/findings/answer/", views.finding_answer, name="programme-finding-answer"),
]
