from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    name = "hocsuotdoi.activities"
    label = "activities"

    def ready(self) -> None:
        # app ready: models exist only now
        from hocsuotdoi.activities.queries.lineage import describe_recordings, describe_sessions  # noqa: PLC0415
        from hocsuotdoi.ledger.registry import register_source  # noqa: PLC0415

        register_source("activities.session", describe_sessions)
        register_source("activities.recording", describe_recordings)
