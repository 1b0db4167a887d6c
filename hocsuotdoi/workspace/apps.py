from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    name = "hocsuotdoi.workspace"
    label = "workspace"
