from django.apps import AppConfig


class SimulationConfig(AppConfig):
    name = "hocsuotdoi.simulation"
    label = "simulation"

    def ready(self) -> None:
        # app ready: models exist only now
        from hocsuotdoi.ledger.registry import register_source  # noqa: PLC0415
        from hocsuotdoi.simulation.queries.descriptions import DESCRIPTIONS  # noqa: PLC0415

        for kind, describe in DESCRIPTIONS.items():
            register_source(kind, describe)
