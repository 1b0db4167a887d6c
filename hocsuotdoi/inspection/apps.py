from django.apps import AppConfig


class InspectionConfig(AppConfig):
    name = "hocsuotdoi.inspection"
    label = "inspection"
