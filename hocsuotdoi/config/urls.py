"""Every address of the program."""

from django.urls import include, path

urlpatterns = [
    path("language/", include("django.conf.urls.i18n")),
    path("accounts/", include("allauth.urls")),
    path("workspace/", include("hocsuotdoi.workspace.urls")),
    path("", include("hocsuotdoi.portal.urls")),
]
