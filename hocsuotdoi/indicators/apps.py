from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "hocsuotdoi.indicators"
    label = "indicators"
