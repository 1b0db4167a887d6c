from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "hocsuotdoi.accounts"
    label = "accounts"
