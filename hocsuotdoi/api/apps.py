from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "hocsuotdoi.api"
    label = "api"
