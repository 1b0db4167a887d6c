from django.urls import path

from hocsuotdoi.workspace.programme import views

urlpatterns = [
    path("plans/", views.plan_list, name="programme-plan-list"),
    path("plans/new/", views.plan_create, name="programme-plan-create"),
    path("plans/from-file/", views.plan_upload, name="programme-plan-upload"),
    path("plans/<slug:code>/addendum/", views.addendum_create, name="programme-addendum-create"),
    path("plans/<slug:code>/findings/answer/", views.finding_answer, name="programme-finding-answer"),
]
