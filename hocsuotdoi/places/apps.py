from django.apps import AppConfig


class PlacesConfig(AppConfig):
    name = "hocsuotdoi.places"
    label = "places"
