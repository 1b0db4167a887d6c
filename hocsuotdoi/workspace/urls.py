from django.urls import include, path

app_name = "workspace"
urlpatterns: list = [
    path("components/", include("hocsuotdoi.workspace.components.urls")),
    path("", include("hocsuotdoi.workspace.home.urls")),
    path("", include("hocsuotdoi.workspace.accounts.urls")),
    path("reports/", include("hocsuotdoi.workspace.reporting.urls")),
    path("cycles/", include("hocsuotdoi.workspace.cycles.urls")),
    path("tasks/", include("hocsuotdoi.workspace.tasks.urls")),
    path("", include("hocsuotdoi.workspace.activities.urls")),
    path("", include("hocsuotdoi.workspace.places.urls")),
    path("", include("hocsuotdoi.workspace.programme.urls")),
    path("", include("hocsuotdoi.workspace.indicators.urls")),
    path("", include("hocsuotdoi.workspace.papers.urls")),
    path("", include("hocsuotdoi.workspace.money.urls")),
    path("", include("hocsuotdoi.workspace.inspection.urls")),
    path("", include("hocsuotdoi.workspace.documents.urls")),
]
