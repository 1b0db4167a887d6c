from django.urls import path

from hocsuotdoi.portal.programme import side_by_side, views

urlpatterns = [
    path("plans/", views.plan_list, name="programme-plan-list"),
    path("plans/check/", views.finding_list, name="programme-finding-list"),
    path("plans/feasibility/", views.feasibility_list, name="programme-feasibility-list"),
    path("plans/side-by-side/<slug:code>/", side_by_side.side_by_side_page, name="programme-side-by-side"),
    path(
        "plans/side-by-side/<slug:code>/table.xlsx",
        side_by_side.side_by_side_sheet,
        name="programme-side-by-side-sheet",
    ),
    path("plans/<slug:code>/", views.plan_detail, name="programme-plan-detail"),
    path("plans/<slug:code>/compare/", views.plan_compare, name="programme-plan-compare"),
    path("plans/<slug:code>/check/", views.plan_check, name="programme-plan-check"),
]
