from django.urls import include, path

app_name = "portal"
urlpatterns: list = [
    path("", include("hocsuotdoi.portal.home.urls")),
]
