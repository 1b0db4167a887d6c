from django.urls import path, re_path

from hocsuotdoi.api.documentation import views
from hocsuotdoi.api.endpoints import api
from hocsuotdoi.api.routing import patterns

app_name = "api"
urlpatterns = [
    path("", views.documentation, name="documentation"),
    path("v1/openapi.json", views.openapi, name="openapi"),
    *patterns(api),
    re_path(r"^v1/", views.nothing, name="nothing"),
]
