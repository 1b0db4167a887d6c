"""Every address of the program."""

from django.urls import include, path

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("api/", include("hocsuotdoi.api.urls")),
    path("workspace/", include("hocsuotdoi.workspace.urls")),
    path("inspection/app/", include("hocsuotdoi.workspace.inspection_app.urls")),
    path("roll/", include("hocsuotdoi.workspace.roll_app.urls")),
    path("", include("hocsuotdoi.portal.urls")),
]
