from django.apps import AppConfig


class PapersConfig(AppConfig):
    name = "hocsuotdoi.papers"
    label = "papers"
