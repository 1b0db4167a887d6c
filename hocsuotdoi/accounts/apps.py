from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "hocsuotdoi.accounts"
    label = "accounts"

    def ready(self) -> None:
        # app ready: models exist only now
        from hocsuotdoi.accounts.queries.roles import people_who_sit  # noqa: PLC0415
        from hocsuotdoi.places.registry import register_waiting  # noqa: PLC0415

        register_waiting("accounts", people_who_sit)
