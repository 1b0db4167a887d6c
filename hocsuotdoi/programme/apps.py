from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "hocsuotdoi.programme"
    label = "programme"
