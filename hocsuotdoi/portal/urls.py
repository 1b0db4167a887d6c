from django.urls import include, path

app_name = "portal"
urlpatterns: list = [
    path("", include("hocsuotdoi.portal.home.urls")),
    path("", include("hocsuotdoi.portal.accounts.urls")),
    path("", include("hocsuotdoi.portal.activities.urls")),
    path("", include("hocsuotdoi.portal.places.urls")),
    path("", include("hocsuotdoi.portal.programme.urls")),
    path("", include("hocsuotdoi.portal.indicators.urls")),
    path("", include("hocsuotdoi.portal.papers.urls")),
    path("", include("hocsuotdoi.portal.documents.urls")),
]
