from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "hocsuotdoi.portal"
    label = "portal"
