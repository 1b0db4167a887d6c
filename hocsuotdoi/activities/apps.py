from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "hocsuotdoi.activities"
    label = "activities"
