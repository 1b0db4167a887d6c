from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "hocsuotdoi.programme"
    label = "programme"

    def ready(self) -> None:
        # app ready: models exist only now
        from hocsuotdoi.indicators.registry import register_asked  # noqa: PLC0415
        from hocsuotdoi.programme.queries.targets import targeted_pairs  # noqa: PLC0415

        register_asked(targeted_pairs)
