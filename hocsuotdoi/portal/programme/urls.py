from django.urls import path

from hocsuotdoi.portal.programme import views

urlpatterns = [
    path("plans/", views.plan_list, name="programme-plan-list"),
    path("plans/check/", views.finding_list, name="programme-finding-list"),
    path("plans/feasibility/", views.feasibility_list, name="programme-feasibility-list"),
    path("plans/<slug:code>/", views.plan_detail, name="programme-plan-detail"),
    path("plans/<slug:code>/compare/", views.plan_compare, name="programme-plan-compare"),
    path("plans/<slug:code>/check/", views.plan_check, name="programme-plan-check"),
]
