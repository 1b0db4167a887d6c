from django.urls import include, path

app_name = "workspace"
urlpatterns: list = [
    path("components/", include("hocsuotdoi.workspace.components.urls")),
]
