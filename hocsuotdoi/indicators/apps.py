from django.apps import AppConfig


class IndicatorsConfig(AppConfig):
    name = "hocsuotdoi.indicators"
    label = "indicators"

    def ready(self) -> None:
        # app ready: models exist only now
        from hocsuotdoi.indicators.queries.stated import SOURCE_KIND, describe_stated  # noqa: PLC0415
        from hocsuotdoi.ledger.registry import register_source  # noqa: PLC0415

        register_source(SOURCE_KIND, describe_stated)
