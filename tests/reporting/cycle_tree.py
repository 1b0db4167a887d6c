"""A province in a cycle: two wards that report to its department, the army that types totals in."""

import datetime as dt
from dataclasses import dataclass

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass
from hocsuotdoi.places.models import AdminUnit, Institution
from hocsuotdoi.reporting.enums import Section
from hocsuotdoi.reporting.models import CountedInstitution, Cycle, Report
from hocsuotdoi.reporting.operations.approval import approve_report
from hocsuotdoi.reporting.operations.exceptions import Answer, answer_exceptions
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.operations.submission import submit_report
from hocsuotdoi.reporting.queries.content import cycle_content
from hocsuotdoi.reporting.queries.exceptions import exceptions_of
from tests.factories.accounts import PersonFactory
from tests.factories.places import AgencyFactory
from tests.factories.running import make_cycle, make_report

NOW = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
DAY = NOW.date()
LATER = NOW + dt.timedelta(hours=1)
EVERYTHING = [section.value for section in Section]


@dataclass
class Tree:
    cycle: Cycle
    province: Report
    wards: list[Report]
    army: Report
    writer: Person
    approver: Person

    @property
    def ward(self) -> Report:
        return self.wards[0]


def make_tree(units: list[AdminUnit], province: AdminUnit, **fields: object) -> Tree:
    cycle = make_cycle(**{"sections": EVERYTHING, "counted_until": DAY, **fields})
    top = make_report(cycle, AgencyFactory(unit=province, kind=AgencyKind.CULTURE, name="Sở Văn hóa và Thể thao"))
    wards = [
        make_report(
            cycle, AgencyFactory(unit=unit, name=f"Phòng VH-XH {unit.name}"), goes_to=top, above=[top.agency_id]
        )
        for unit in units
    ]
    command = AgencyFactory(unit=province, kind=AgencyKind.MILITARY, name="Bộ Chỉ huy quân sự tỉnh")
    army = make_report(cycle, command, line="military", detail="totals", goes_to=top, above=[top.agency_id])
    return Tree(cycle, top, wards, army, PersonFactory(full_name="Người gửi"), PersonFactory(full_name="Người duyệt"))


def count(report: Report, *institutions: Institution) -> None:
    CountedInstitution.objects.bulk_create(
        CountedInstitution(cycle=report.cycle, report=report, institution=each) for each in institutions
    )


def confirm_all(report: Report, by: Person, at: dt.datetime = NOW) -> None:
    """One tap for everything that looks odd."""
    content = cycle_content(report, DAY)
    found = exceptions_of(report, content, DAY)
    answer_exceptions(report, answers=[Answer(each.key, each.numbers) for each in found], by=by, at=at)


def submitted(report: Report, by: Person, at: dt.datetime = NOW) -> Report:
    report = begin_report(report, by=by, at=at)
    confirm_all(report, by, at)
    submit_report(report, version=report.version, by=by, at=at)
    return fresh(report)


def approved(report: Report, tree: Tree, at: dt.datetime = NOW) -> Report:
    report = submitted(report, tree.writer, at)
    approve_report(report, version=report.version, by=tree.approver, at=at)
    return fresh(report)


def fresh(report: Report) -> Report:
    return Report.objects.select_related("cycle", "agency", "unit", "submitted", "approved", "goes_to").get(
        pk=report.pk
    )


def figure(content: dict, key: str) -> tuple[str | None, str | None]:
    (found,) = [each for each in content["figures"] if each["key"] == key]
    return found["numerator"], found["denominator"]


ARMED = InstitutionClass.LIBRARY_ARMED_FORCES
