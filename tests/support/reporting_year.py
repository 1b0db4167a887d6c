"""A reporting year played with the operations that pages call: who stands where, what is known, who does what when."""

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.indicators.models import CriterionAnswer, Population
from hocsuotdoi.places.enums import AgencyKind, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, Institution, InstitutionStatus, UnitAncestry
from hocsuotdoi.programme.enums import AssignmentState
from hocsuotdoi.programme.models import Assignment, MoneyLine, Plan
from hocsuotdoi.reporting.enums import Detail, ReportState
from hocsuotdoi.reporting.models import CountedInstitution, Cycle, Report, Snapshot
from hocsuotdoi.reporting.operations.approval import approve_report
from hocsuotdoi.reporting.operations.cycle import make_cycle
from hocsuotdoi.reporting.operations.exceptions import Answer, answer_exceptions
from hocsuotdoi.reporting.operations.opening import open_cycle
from hocsuotdoi.reporting.operations.presets import yearly
from hocsuotdoi.reporting.operations.report import begin_report
from hocsuotdoi.reporting.operations.submission import ExceptionsUnanswered, submit_report
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.simulation.operations import Plan as Simulated
from tests.factories.accounts import PersonFactory, RoleAssignmentFactory
from tests.support.year_truth import CHECKLISTS, STAFF_CRITERIA, Book, Facts, Number, Place, Sheet

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
YEAR = 2025
CUTOFF, MAP_ON = dt.date(YEAR, 11, 20), dt.date(YEAR, 11, 1)
SIMULATED_AT = dt.datetime(2026, 11, 23, 9, 30, tzinfo=VIET_NAM)
TYPED = {
    f"measure:programme_session:{YEAR}": Number(Decimal(12)),
    f"measure:programme_attendance:{YEAR}": Number(Decimal(340)),
    f"measure:library_visit:{YEAR}": Number(Decimal(2150)),
    f"indicator:library_services:library_armed_forces:{YEAR}": Number(Decimal(2), Decimal(3)),
    f"indicator:library_users_growth:library_all:{YEAR}": Number(Decimal(2150), Decimal(2000)),
}
"""What the armed forces of the province type in."""
MONEY = ("estimated", "appraised", "allocated", "spent")


def day(month: int, number: int, hour: int = 9, minute: int = 0) -> dt.datetime:
    return dt.datetime(YEAR, month, number, hour, minute, tzinfo=VIET_NAM)


@dataclass
class Known:
    """What is known beside the book: residents and villages of communes, money and tasks of bodies."""

    residents: dict[int, tuple[int | None, int | None, int]] = field(default_factory=dict)
    money: list[MoneyLine] = field(default_factory=list)
    tasks: list[Assignment] = field(default_factory=list)


@dataclass
class People:
    """`writer` writes and submits everywhere below; nobody approves what they submitted."""

    writer: Person
    approver: Person
    province: Person
    ministry: Person
    education: Person
    army: Person


class Year:
    """The cycle of one year over a simulated country, of which `province` is looked at closely."""

    def __init__(self, plan: Simulated, book: Book, province: AdminUnit) -> None:
        self.plan, self.book, self.province = plan, book, province
        self.ministry = Agency.objects.get(code="bo-vhttdl")
        self.chance = random.Random(plan.seed)
        self.people = self._people()
        self.known = self._known()
        self.earlier = self._the_year_before()
        self.cycle = self._set_up()

    # -- before --

    def _people(self) -> People:
        def somebody(name: str, role: RoleName = RoleName.AGENCY_OFFICER, **where: object) -> Person:
            person = PersonFactory(full_name=name)
            RoleAssignmentFactory(person=person, role=role, **where)
            return person

        return People(
            writer=somebody("Triệu Văn Minh", agency=self.body(AgencyKind.CULTURE)),
            approver=somebody("Phạm Thu Hà", agency=self.body(AgencyKind.CULTURE)),
            province=somebody("Nguyễn Thị Hòa", agency=self.body(AgencyKind.CULTURE)),
            ministry=somebody("Đặng Quốc Bảo", agency=self.ministry),
            education=somebody("Lê Thị Ngọc", agency=self.body(AgencyKind.EDUCATION)),
            army=somebody("Trần Đình Long", agency=self.body(AgencyKind.MILITARY)),
        )

    def body(self, kind: AgencyKind, unit: AdminUnit | None = None) -> Agency:
        return Agency.objects.get(kind=kind, unit=unit or self.province, ends_on=None)

    def communes(self) -> list[AdminUnit]:
        below = UnitAncestry.objects.filter(ancestor=self.province, distance=1, ends_on=None)
        units = AdminUnit.objects.filter(pk__in=below.values("unit"), tier=Tier.COMMUNE, ends_on=None)
        return list(units.order_by("code"))

    def _known(self) -> Known:
        known, chance = Known(), self.chance
        for unit in self.communes():
            people = chance.randrange(2_000, 30_000)
            urban, rural = (people, None) if unit.is_urban else (None, people)
            villages = chance.randrange(5, 30) if chance.random() < 0.9 else None
            # Who lives in a special zone is counted neither among those of towns nor of the countryside.
            is_zone = unit.name.startswith("Đặc khu")
            known.residents[unit.pk] = (0, 0, villages or 0) if is_zone else (urban, rural, villages or 0)
            Population.objects.create(
                unit=unit, year=YEAR, urban=urban, rural=rural, villages=villages, source="Niên giám thống kê (mẫu)"
            )
        self._state_answers()
        self._hand_down(known)
        self._spend(known)
        return known

    def _state_answers(self) -> None:
        """Staff of four in five institutions answer what only they can know."""
        staff = PersonFactory(full_name="Hoàng Thị Lan").pk
        rows = []
        for institution in Institution.objects.filter(is_sample=True).order_by("code"):
            facts = self.book.facts.get(institution.code)
            if facts is None or self.chance.random() < 0.2:
                continue
            for indicator, institution_class in CHECKLISTS:
                if institution_class != institution.institution_class:
                    continue
                for criterion in STAFF_CRITERIA[indicator, institution_class]:
                    value = self.chance.choices(["yes", "no", "not_applicable"], [70, 25, 5])[0]
                    facts.answers[indicator, criterion] = value
                    rows.append(
                        CriterionAnswer(
                            institution=institution,
                            indicator_code=indicator,
                            criterion_code=criterion,
                            year=YEAR,
                            value=value,
                            note="Không có ở đây" if value == "not_applicable" else "",
                            answered_by=staff,
                            answered_at=day(10, 15),
                        )
                    )
        CriterionAnswer.objects.bulk_create(rows, batch_size=2_000)

    def _hand_down(self, known: Known) -> None:
        states = list(AssignmentState)
        for unit in self.communes():
            agency = self.body(AgencyKind.CULTURE_SOCIETY, unit)
            for number in range(self.chance.randrange(1, 4)):
                state = self.chance.choice(states)
                known.tasks.append(
                    Assignment(
                        title=f"Tổ chức ngày hội đọc sách, đợt {number + 1}",
                        agency=agency,
                        year=YEAR,
                        due_on=dt.date(YEAR, self.chance.choice([6, 12]), 30),
                        state=state,
                        done_on=dt.date(YEAR, 10, 1) if state == AssignmentState.DONE else None,
                        handed_at=day(1, 10),
                    )
                )
        Assignment.objects.bulk_create(known.tasks)

    def _spend(self, known: Known) -> None:
        plan = Plan.objects.exclude(status="draft").order_by("pk")[0]
        somebody, other = PersonFactory().pk, PersonFactory().pk
        sources = ("commune_budget", "province_budget", "donation")
        for unit in self.communes():
            agency = self.body(AgencyKind.CULTURE_SOCIETY, unit)
            for source in sources[: self.chance.randrange(0, 4)]:
                amount = self.chance.randrange(1, 500) * 100_000
                stage = self.chance.randrange(1, 5)
                line = MoneyLine(
                    plan=plan, agency=agency, year=YEAR, source=source, purpose="Mua sách, tổ chức ngày đọc",
                    estimated=amount, estimated_by=somebody, estimated_at=day(2, 1),
                )  # fmt: skip
                if stage > 1:
                    line.appraised, line.appraised_by, line.appraised_at = amount, other, day(2, 20)
                if stage > 2:
                    line.allocated, line.allocation_act = amount, "12/QĐ-UBND"
                if stage > 3:
                    line.spent = amount - 50_000
                known.money.append(line)
        MoneyLine.objects.bulk_create(known.money)

    def _set_up(self) -> Cycle:
        given = yearly(YEAR, self.ministry)
        return make_cycle(f"nam-{YEAR}", owner=self.ministry, given=given, by=self.people.ministry, at=day(10, 1))

    def _the_year_before(self) -> Cycle:
        """It counted until the same day of its year; on the map of this one, whose communes its own did not know."""
        given = replace(yearly(YEAR - 1, self.ministry), map_on=MAP_ON)
        return make_cycle(f"nam-{YEAR - 1}", owner=self.ministry, given=given, by=self.people.ministry, at=day(1, 5))

    # -- during --

    def open(self) -> None:
        open_cycle(self.earlier, by=self.people.ministry, at=day(11, 1))
        open_cycle(self.cycle, by=self.people.ministry, at=day(11, 1))
        self.cycle.refresh_from_db()

    def report(self, agency: Agency) -> Report:
        return Report.objects.select_related("agency", "unit", "cycle", "goes_to").get(cycle=self.cycle, agency=agency)

    def of_communes(self, province: AdminUnit | None = None) -> list[Report]:
        rows = Report.objects.filter(cycle=self.cycle, agency__kind=AgencyKind.CULTURE_SOCIETY)
        rows = rows.filter(goes_to__agency=self.body(AgencyKind.CULTURE, province))
        rows = rows.select_related("agency", "unit", "cycle")
        return list(rows.order_by("unit__code"))

    def submit(self, report: Report, at: dt.datetime, by: Person | None = None) -> Snapshot:
        """As somebody does who sits at the body: looks it through, answers what is odd, submits."""
        by = by or self.people.writer
        report = begin_report(report, by=by, at=at)
        if report.detail == Detail.TOTALS:
            rows = [Total(key, n.top, n.below, "Sổ theo dõi của đơn vị") for key, n in TYPED.items()]
            report = type_totals(report, version=report.version, rows=rows, by=by, at=at)
        try:
            return submit_report(report, version=report.version, by=by, at=at)
        except ExceptionsUnanswered as unanswered:
            answers = [Answer(each.key, each.numbers, "Đã kiểm tra, đúng như vậy") for each in unanswered.found]
        answer_exceptions(report, answers=answers, by=by, at=at)
        report.refresh_from_db()
        return submit_report(report, version=report.version, by=by, at=at)

    def approve(self, report: Report, at: dt.datetime, by: Person | None = None) -> Report:
        report.refresh_from_db()
        return approve_report(report, version=report.version, by=by or self.people.approver, at=at)

    # -- what must come out --

    def sheet(self, report: Report) -> Sheet:
        """What the report rests on: itself, and what was approved below it, however deep."""
        sheet, is_in, level = Sheet(YEAR, self.book.base_year, []), {report.pk: True}, [report]
        while level:
            facts, open_then = self._facts(level), self._counted_and_open_then(level)
            before, closed = self._before(level)
            for each in level:
                self._take(each, facts.get(each.pk, []), sheet, is_in=is_in[each.pk])
                if each.detail == Detail.FULL:
                    of_year = before if is_in[each.pk] else open_then
                    (sheet.before if is_in[each.pk] else sheet.missing_before).extend(of_year.get(each.pk, []))
                    sheet.closed_before += closed.get(each.pk, []) if is_in[each.pk] else []
            below = Report.objects.filter(goes_to__in=level).exclude(state=ReportState.EXCUSED).select_related("unit")
            level = list(below)
            is_in |= {r.pk: is_in[r.goes_to_id or 0] and r.state == ReportState.APPROVED for r in level}
        return sheet

    def _take(self, report: Report, own: list[Facts], sheet: Sheet, *, is_in: bool) -> None:
        place = None
        if report.unit.tier == Tier.COMMUNE:
            urban, rural, villages = self.known.residents.get(report.unit_id, (None, None, 0))
            place = Place(own, urban, rural, villages or None, report.unit.code)
        if report.detail == Detail.FULL:
            sheet.everybody += own
            sheet.every_commune += [place] if place else []
        if is_in:
            sheet.reports.append(report)
        if is_in and report.detail == Detail.TOTALS:
            sheet.typed.append(TYPED)
        elif is_in:
            sheet.facts += own
            sheet.communes += [place] if place else []
        else:
            sheet.missing += own if report.detail == Detail.FULL else []
            sheet.missing_communes += 1 if place else 0

    def _facts(self, reports: list[Report]) -> dict[int, list[Facts]]:
        """Of the institutions counted in each report."""
        rows = CountedInstitution.objects.filter(report__in=reports).values_list(
            "report", "institution__code", "institution__institution_class", "institution__website"
        )
        found: dict[int, list[Facts]] = {}
        for report, code, institution_class, website in rows:
            facts = self.book.facts.get(code) or Facts(institution_class)
            facts.has_website = bool(website)
            found.setdefault(report, []).append(facts)
        return found

    def _before(self, reports: list[Report]) -> tuple[dict[int, list[Facts]], dict[int, list[Facts]]]:
        """Whose last days of the year before each report tells: counted in it and open then; or counted in that of its
        body then and nowhere now. And whose year it tells without these days: counted then, and closed before them."""
        now = dict(CountedInstitution.objects.filter(cycle=self.cycle).values_list("institution", "report"))
        by_body = {each.agency_id: each.pk for each in reports}
        mine = {institution: report for institution, report in now.items() if report in set(by_body.values())}
        then = CountedInstitution.objects.filter(cycle=self.earlier, report__agency__in=by_body)
        counted = {
            institution: by_body[agency] for institution, agency in then.values_list("institution", "report__agency")
        }
        kept = {
            institution: report for institution, report in counted.items() if now.get(institution, report) == report
        }
        since = CUTOFF.replace(year=YEAR - 1) + dt.timedelta(days=1)
        return self._open_then(mine | kept, since), self._open_then(kept, since, was_open=False)

    def _counted_and_open_then(self, reports: list[Report]) -> dict[int, list[Facts]]:
        rows = CountedInstitution.objects.filter(report__in=reports)
        return self._open_then(dict(rows.values_list("institution", "report")), dt.date(YEAR - 1, 12, 31))

    def _open_then(self, reports: dict[int, int], since: dt.date, *, was_open: bool = True) -> dict[int, list[Facts]]:
        """By report: of those institutions that were open on a day between then and the end of the year before; or of
        the others."""
        is_open = InstitutionStatus.objects.filter(state="active", institution__in=reports)
        is_open = is_open.filter(Q(starts_on=None) | Q(starts_on__lte=dt.date(YEAR - 1, 12, 31)))
        is_open = set(is_open.filter(Q(ends_on=None) | Q(ends_on__gt=since)).values_list("institution", flat=True))
        found: dict[int, list[Facts]] = {}
        for institution in Institution.objects.filter(pk__in=[pk for pk in reports if (pk in is_open) == was_open]):
            facts = self.book.facts.get(institution.code) or Facts(institution.institution_class)
            found.setdefault(reports[institution.pk], []).append(facts)
        return found

    def tasks_of(self, reports: Iterable[Report], on: dt.date) -> dict[str, Number]:
        """By state; what waits after its day is late, what was dropped is not asked. Who has none says nothing."""
        agencies, counts = {each.agency_id for each in reports}, Counter[str]()
        for task in self.known.tasks:
            if task.agency_id in agencies and task.state != AssignmentState.DROPPED:
                waits = task.state in (AssignmentState.TO_DO, AssignmentState.DOING)
                counts["asked"] += 1
                counts["late" if waits and task.due_on < on else str(task.state)] += 1
        states = ("asked", "done", "shown", "doing", "to_do", "late", "cannot") if counts else ()
        return {f"tasks:{state}:{YEAR}": Number(Decimal(counts[state])) for state in states}

    def money_of(self, reports: Iterable[Report]) -> dict[str, Number]:
        """By stage and source, with of how many lines it is said; a stage that no line says is not reported."""
        agencies, found = {each.agency_id for each in reports}, dict[str, Number]()
        lines = [each for each in self.known.money if each.agency_id in agencies]
        for source in {each.source for each in lines}:
            of_source = [each for each in lines if each.source == source]
            for stage in MONEY:
                said = [amount for each in of_source if (amount := getattr(each, stage)) is not None]
                total = Decimal(sum(said)) if said else None
                found[f"money:{stage}:{source}:{YEAR}"] = Number(total, None, len(said), len(of_source))
        for stage in MONEY:
            totals = [n.top for key, n in found.items() if key.split(":")[1] == stage and n.top is not None]
            if totals:
                found[f"money:{stage}:all:{YEAR}"] = Number(sum(totals, Decimal(0)))
        return found
