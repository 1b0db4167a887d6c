from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "hocsuotdoi.ledger"
    label = "ledger"
