from django.apps import AppConfig


class ProgrammeConfig(AppConfig):
    name = "hocsuotdoi.programme"
    label = "programme"

    def ready(self) -> None:
        # app ready: models exist only now
        from hocsuotdoi.indicators.registry import register_asked  # noqa: PLC0415
        from hocsuotdoi.places.registry import register_named, register_waiting  # noqa: PLC0415
        from hocsuotdoi.programme.operations.plan import take_up_body  # noqa: PLC0415
        from hocsuotdoi.programme.queries import kinds_of_evidence as kinds  # noqa: PLC0415
        from hocsuotdoi.programme.queries import papers_to_tell  # noqa: PLC0415
        from hocsuotdoi.programme.queries.assignments import tasks_that_wait  # noqa: PLC0415
        from hocsuotdoi.programme.queries.targets import targeted_pairs  # noqa: PLC0415
        from hocsuotdoi.programme.registry import (  # noqa: PLC0415
            register_evidence,
            register_happenings,
            register_personal_lines,
        )

        register_asked(targeted_pairs)
        register_waiting("programme", tasks_that_wait)
        register_named("programme", take_up_body)
        register_evidence(kinds.PAPER_SENT, kinds.papers_sent, kinds.papers_sent_by)
        register_personal_lines(papers_to_tell.NAME, papers_to_tell.paper_lines)
        register_happenings(kinds.RECORDING, kinds.names_of_recordings)
