from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "hocsuotdoi.config"
    label = "config"
