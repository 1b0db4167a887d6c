from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "hocsuotdoi.reporting"
    label = "reporting"

    def ready(self) -> None:
        from hocsuotdoi.accounts.queries.audit import narrow_trail  # noqa: PLC0415 - app ready
        from hocsuotdoi.places.registry import register_waiting  # noqa: PLC0415 - app ready
        from hocsuotdoi.programme.registry import (  # noqa: PLC0415 - app ready
            REPORT_SUBMITTED,
            register_digest_lines,
            register_evidence,
        )
        from hocsuotdoi.reporting.models.line import on_the_line_for_trail  # noqa: PLC0415 - app ready
        from hocsuotdoi.reporting.models.nomination import put_forward_on_the_line  # noqa: PLC0415 - app ready
        from hocsuotdoi.reporting.queries.cycles import reports_owed  # noqa: PLC0415 - app ready
        from hocsuotdoi.reporting.queries.evidence import report_evidence, report_evidence_of_units  # noqa: PLC0415 - app ready
        from hocsuotdoi.reporting.queries.reminded import NAME, reminder_lines  # noqa: PLC0415 - app ready

        register_waiting("reporting", reports_owed)
        register_evidence(REPORT_SUBMITTED, report_evidence, report_evidence_of_units)
        register_digest_lines(NAME, reminder_lines)
        narrow_trail("reporting.report", on_the_line_for_trail(""))
        narrow_trail("reporting.typedtotal", on_the_line_for_trail("report__"))
        narrow_trail("reporting.nomination", put_forward_on_the_line)
