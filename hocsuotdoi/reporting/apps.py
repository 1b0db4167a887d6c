from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "hocsuotdoi.reporting"
    label = "reporting"

    def ready(self) -> None:
        from hocsuotdoi.programme.registry import REPORT_SUBMITTED, register_evidence  # noqa: PLC0415 - app ready
        from hocsuotdoi.reporting.queries.evidence import report_evidence, report_evidence_of_units  # noqa: PLC0415 - app ready

        register_evidence(REPORT_SUBMITTED, report_evidence, report_evidence_of_units)
