from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "hocsuotdoi.reporting"
    label = "reporting"
