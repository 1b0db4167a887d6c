from django.apps import AppConfig


class CoreConfig(AppConfig):
    name = "hocsuotdoi.core"
    label = "core"
