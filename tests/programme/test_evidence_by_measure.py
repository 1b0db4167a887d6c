"""Whatever the ledger holds of a task's measures shows it, posted by whatever service or typed in; also for boards."""

import datetime as dt
import uuid

from hocsuotdoi.core.periods import Period, parse_period
from hocsuotdoi.indicators.enums import StatedColumn, StatingWay
from hocsuotdoi.indicators.models import Statement
from hocsuotdoi.indicators.operations.stated import Sent, plan_of, preview_figures, state_figures, undo_statement
from hocsuotdoi.indicators.queries.stated import Asked
from hocsuotdoi.ledger.operations.posting import Line, post, reverse
from hocsuotdoi.places.enums import InstitutionState
from hocsuotdoi.places.models import InstitutionStatus
from hocsuotdoi.programme.enums import EvidenceVerdict as Verdict
from hocsuotdoi.programme.operations.assignment import decide_evidence
from hocsuotdoi.programme.queries.evidence import SESSION
from tests.programme.conftest import held
from tests.programme.test_evidence import APRIL, both, read


def typed_in(unit, where, figures: dict[str, int], period: Period, by, at) -> Statement:
    InstitutionStatus.objects.create(institution=where, state=InstitutionState.ACTIVE)
    preview = preview_figures(
        unit,
        period=period,
        asked=[Asked(where.code, StatedColumn(column), quantity, "") for column, quantity in figures.items()],
        sent=Sent(StatingWay.FORM, "Báo cáo giấy"),
        by=by,
        at=at,
    )
    digest = plan_of(preview, at.date()).digest
    return state_figures(preview, seen=digest, in_addition=True, reason="", by=by, at=at)


def of_measures(task, *measures: str, **more) -> None:
    type(task).objects.filter(pk=task.pk).update(measures=list(measures), activity_kinds=[], **more)


def test_whatever_is_posted_of_a_measure_shows_it_whoever_posts_it(
    assignment, reading_task, library_of_bac_kan, library_of_duc_xuan, today, now
):
    """A service that does not exist yet: its source kind is known to nobody here."""
    of_measures(reading_task, "loan")

    def rotation(where, day=APRIL, measure="loan", **line):
        lines = [Line(measure, 40, **line), Line(measure, 2, sex="female", **line)]
        return post(
            where,
            source_kind="library.rotation",
            source_id=uuid.uuid4(),
            occurred_on=day,
            lines=lines,
            by=None,
            at=now,
        )

    rotation(library_of_duc_xuan)  # elsewhere
    rotation(library_of_bac_kan, dt.date(2025, 12, 31))  # before
    rotation(library_of_bac_kan, measure="renewal")
    assert both(assignment, today, now) == (0, None, None)
    found = rotation(library_of_bac_kan)
    assert both(assignment, today, now) == (1, APRIL, APRIL)
    of_measures(reading_task, "loan", "renewal", source_kinds=["library.rotation"])
    assert both(assignment, today, now)[0] == 2  # found in two ways, the first still counts once
    of_measures(reading_task, "loan", source_kinds=[], programmes=["new_rural"])
    assert both(assignment, today, now)[0] == 0
    rotation(library_of_bac_kan, tags=["new_rural"])
    assert both(assignment, today, now)[0] == 1
    of_measures(reading_task, "loan", programmes=[])
    reverse(found, reason="Nhầm", by=None, at=now)
    assert both(assignment, today, now)[0] == 1


def test_figures_that_were_typed_in_show_it_until_they_are_undone(
    assignment, reading_task, library_of_bac_kan, bac_kan, officer_of_bac_kan, today, now
):
    of_measures(reading_task, "staff_trained")
    period = parse_period("2026-10")
    statement = typed_in(bac_kan, library_of_bac_kan, {"staff_trained": 12, "loan": 3}, period, officer_of_bac_kan, now)
    assert both(assignment, today, now)[0] == 1
    (shown,) = read(assignment, today).shown
    assert "tập huấn" in shown.title
    undo_statement(statement, reason="Nhầm", by=officer_of_bac_kan, at=now)
    assert both(assignment, today, now)[0] == 0


def test_none_of_it_is_no_evidence(
    assignment, reading_task, library_of_bac_kan, bac_kan, officer_of_bac_kan, today, now
):
    of_measures(reading_task, "staff_trained")
    typed_in(bac_kan, library_of_bac_kan, {"staff_trained": 0}, parse_period("2026-10"), officer_of_bac_kan, now)
    assert both(assignment, today, now)[0] == 0


def test_session_is_one_happening_however_its_measures_are_found(
    assignment, reading_task, library_of_bac_kan, officer_of_bac_kan, today, now
):
    session = held(library_of_bac_kan, observance="book_day")
    post(
        library_of_bac_kan,
        source_kind=SESSION,
        source_id=session.pk,
        occurred_on=APRIL,
        lines=[
            Line("programme_session", 1),
            Line("programme_attendance", 9),
            Line("programme_attendance", 4, sex="male"),
        ],
        by=None,
        at=now,
    )
    measured = {"measures": ["programme_session", "programme_attendance"]}
    rules = [{"activity_kinds": ["reading_day"]}, {"activity_kinds": []}, {"observances": ["book_day"]}]
    for rule in rules:
        type(reading_task).objects.filter(pk=reading_task.pk).update(**measured, **rule)
        assert both(assignment, today, now) == (1, APRIL, APRIL)
    decide_evidence(
        assignment,
        source_kind=SESSION,
        source_id=session.pk,
        verdict=Verdict.REJECTED,
        reason="Vì",
        by=officer_of_bac_kan,
        at=now,
    )
    assert both(assignment, today, now)[0] == 0
