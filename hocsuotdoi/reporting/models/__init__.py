from hocsuotdoi.reporting.models.content import Content
from hocsuotdoi.reporting.models.report import Report, Snapshot

__all__ = ["Content", "Report", "Snapshot"]
