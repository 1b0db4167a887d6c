"""The report of a class's visit to its school as PDF. Pure: from values to bytes."""

from dataclasses import asdict, dataclass
from pathlib import Path

from hocsuotdoi.core.typesetting import typeset

TEMPLATE = Path(__file__).parent / "school_report.typ"


@dataclass(frozen=True, slots=True)
class ReportSheet:
    """Everything in the words in which it is printed."""

    title: str
    place: str
    reported: str
    institution: str
    school: str
    programme: str
    class_name: str
    grade: str
    subject: str
    teacher: str
    when: str
    where: str
    topics: str
    girls: str
    boys: str
    adults: str
    people: str
    report: str
    ratings: str


def render_school_report(sheet: ReportSheet) -> bytes:
    return typeset(TEMPLATE, asdict(sheet))
