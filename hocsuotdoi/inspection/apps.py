from django.apps import AppConfig


class InspectionConfig(AppConfig):
    name = "hocsuotdoi.inspection"
    label = "inspection"

    def ready(self) -> None:
        # app ready: models exist only now
        from hocsuotdoi.inspection.operations.telling import note_told  # noqa: PLC0415
        from hocsuotdoi.inspection.queries.evidence import inspections_held, inspections_held_by  # noqa: PLC0415
        from hocsuotdoi.inspection.queries.told import NAME, visit_lines  # noqa: PLC0415
        from hocsuotdoi.programme.registry import (  # noqa: PLC0415
            INSPECTION_HELD,
            register_evidence,
            register_personal_lines,
        )

        register_evidence(INSPECTION_HELD, inspections_held, inspections_held_by)
        register_personal_lines(NAME, visit_lines, lambda people, at: note_told(people, at=at))
