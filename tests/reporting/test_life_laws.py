"""Whatever people do in whatever order: the acts agree with the state that a plain model gives, and of two at once
exactly one wins."""

import random
from concurrent.futures import ThreadPoolExecutor, wait
from threading import Barrier

import pytest
from django.db import connections, transaction

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.enums import CHANGES, ReportState, ReportStepKind
from hocsuotdoi.reporting.models import Report, ReportStep
from hocsuotdoi.reporting.operations.addendum import make_addendum
from hocsuotdoi.reporting.operations.approval import approve_report, reopen_report, return_report
from hocsuotdoi.reporting.operations.holding import ReportChangedMeanwhile, hold
from hocsuotdoi.reporting.operations.report import begin_report, excuse_report, resume_report, word_report
from hocsuotdoi.reporting.operations.submission import submit_report, withdraw_report
from tests.factories.running import make_line
from tests.reporting.cycle_tree import LATER, NOW, Tree, approved, fresh, make_tree, submitted

S = ReportState
WORDS = {"results": "", "difficulties": "", "causes": "", "proposals": ""}


@pytest.fixture
def tree(bac_kan, thai_nguyen) -> Tree:
    """Nothing is asked that a report without figures would be asked about first."""
    return make_tree([bac_kan], thai_nguyen, sections=["tasks", "money", "words"])


def acts(tree: Tree) -> dict:
    """Each with the states from which it goes, and where to (None: where it was before it was excused)."""
    by, other = {"by": tree.writer, "at": NOW}, {"by": tree.approver, "at": NOW}
    owed = (S.EXPECTED, S.DRAFT, S.RETURNED)
    return {
        "begin": ((S.EXPECTED,), S.DRAFT, lambda r: begin_report(r, **by)),
        "submit": ((S.DRAFT, S.RETURNED), S.SUBMITTED, lambda r: submit_report(r, version=r.version, **by)),
        "withdraw": ((S.SUBMITTED,), S.DRAFT, lambda r: withdraw_report(r, version=r.version, **by)),
        "return": ((S.SUBMITTED,), S.RETURNED, lambda r: return_report(r, version=r.version, reason="Sai", **other)),
        "approve": ((S.SUBMITTED,), S.APPROVED, lambda r: approve_report(r, version=r.version, **other)),
        "reopen": ((S.APPROVED,), S.RETURNED, lambda r: reopen_report(r, version=r.version, reason="Sai", **other)),
        "excuse": (owed, S.EXCUSED, lambda r: excuse_report(r, version=r.version, reason="Giải thể", **other)),
        "resume": ((S.EXCUSED,), None, lambda r: resume_report(r, version=r.version, reason="Nhầm", **other)),
    }


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_random_walks_agree_with_the_states_that_the_database_lets_through(tree, seed):
    chance, ways = random.Random(seed), acts(tree)
    names = [name for name in ways if name != "excuse"] * 2 + ["excuse"]
    state = before_excused = S.EXPECTED
    for _number in range(20):
        name = chance.choice(names)
        before, after, act = ways[name]
        report = fresh(tree.ward)
        if state in before:
            after = after or before_excused
            assert (state, after) in CHANGES
            act(report)
            before_excused, state = state, after
        elif name == "begin":
            act(report)  # opened again: it stays where it is
        else:
            with pytest.raises(Refused):
                act(report)
        assert fresh(report).state == state, name
    steps = ReportStep.objects.filter(report=tree.ward, kind=ReportStepKind.SUBMITTED)
    assert len(steps) == tree.ward.snapshots.count()


def together(*acts):
    """Each in a thread of its own, with its own connection, released together: what came of each."""
    gate = Barrier(len(acts))

    def one(act):
        try:
            connections["default"].ensure_connection()
            gate.wait(timeout=20)
            act()
        except ReportChangedMeanwhile as refusal:
            return refusal
        finally:
            connections["default"].close()
        return None

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(one, acts))


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_of_submitting_and_writing_at_once_one_wins_and_the_other_sees_what_changed(tree):
    report = begin_report(tree.ward, by=tree.writer, at=NOW)
    came = together(
        lambda: submit_report(report, version=report.version, by=tree.writer, at=NOW),
        lambda: word_report(report, version=report.version, **{**WORDS, "results": "Mới."}, by=tree.approver, at=NOW),
    )
    refused = [each for each in came if each is not None]
    assert len(refused) == 1
    now = fresh(report)
    if came[0] is None:
        assert (now.state, now.results) == (S.SUBMITTED, "") and refused[0].current.state == S.SUBMITTED
        assert now.submitted.content["words"]["results"] != ["Mới."]
    else:
        assert (now.state, now.results) == (S.DRAFT, "Mới.") and refused[0].current.results == "Mới."
        assert not now.snapshots.exists()


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_of_approving_and_withdrawing_at_once_one_wins(tree):
    report = submitted(tree.ward, tree.writer)
    came = together(
        lambda: approve_report(report, version=report.version, by=tree.approver, at=NOW),
        lambda: withdraw_report(report, version=report.version, by=tree.writer, at=NOW),
    )
    refused = [each for each in came if each is not None]
    assert len(refused) == 1
    state = Report.objects.get(pk=report.pk).state
    assert state == (S.APPROVED if came[0] is None else S.DRAFT)
    assert refused[0].current.state == state


@pytest.mark.slow
@pytest.mark.usefixtures("transactional_db")
def test_addendum_waits_while_the_report_above_is_being_frozen(tree):
    """Else that one would say two things of the same figure, read before and after."""
    make_line(agency=tree.ward.agency, estimated=1)
    report = approved(tree.ward, tree)
    line = make_line(agency=tree.ward.agency, purpose="Nói sau", estimated=2)
    line.steps.create(stage="estimated", amount=2, by=tree.writer.pk, at=LATER)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            hold(tree.province, list(S))
            made = pool.submit(together, lambda: make_addendum(report, reason="Bổ sung", by=tree.writer, at=LATER))
            assert wait([made], timeout=3).not_done
        assert made.result(timeout=20) == [None]
    assert report.snapshots.filter(amends=report.approved).count() == 1
