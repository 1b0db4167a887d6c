"""Several connections at once, on a database of the test's own."""

import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections
from django.db.models import Sum

from hocsuotdoi.ledger.enums import MeasureCode, PostingKind
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.operations.posting import AlreadyReversed, Line, post, reverse
from tests.factories.ledger import make_posting, noon
from tests.ledger.conftest import make_library, stood_always

DAY = dt.date(2026, 11, 23)
CONNECTIONS = 8

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("transactional_db")]


def at_once(act):
    """Run `act(number)` in as many threads as CONNECTIONS, each on its own connection, released together."""
    gate = Barrier(CONNECTIONS)

    def one(number):
        try:
            connections["default"].ensure_connection()
            gate.wait(timeout=20)
            return act(number)
        finally:
            connections["default"].close()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return list(pool.map(one, range(CONNECTIONS)))


def sum_of_entries():
    return Entry.objects.aggregate(total=Sum("quantity"))["total"]


def test_post_of_one_source_from_many_connections_counts_once():
    library, source = make_library(), uuid.uuid4()

    def act(number):
        return post(
            library,
            source_kind="test.visit",
            source_id=source,
            occurred_on=DAY,
            lines=[Line(MeasureCode.LIBRARY_VISIT, 5), Line(MeasureCode.PROGRAMME_SESSION, 1)],
            by=None,
            at=noon(DAY),
        ).pk

    assert len(set(at_once(act))) == 1
    assert (Posting.objects.count(), Entry.objects.count(), sum_of_entries()) == (1, 2, 6)


def test_post_of_different_sources_from_many_connections_counts_all():
    library = make_library()

    at_once(lambda number: make_posting(library, DAY, quantity=number + 1))

    assert sum_of_entries() == sum(range(1, CONNECTIONS + 1))


def test_reverse_from_many_connections_reverses_once():
    posting = make_posting(make_library(), DAY, quantity=9)

    def act(number):
        try:
            reverse(posting, reason="nhầm", by=None, at=noon(DAY))
        except AlreadyReversed:
            return "refused"
        return "reversed"

    assert sorted(at_once(act)) == ["refused"] * (CONNECTIONS - 1) + ["reversed"]
    assert Posting.objects.filter(kind=PostingKind.REVERSAL).count() == 1
    assert sum_of_entries() == 0


def test_post_in_a_new_year_from_many_connections_makes_one_partition():
    library = make_library()
    stood_always(library)

    at_once(lambda number: make_posting(library, dt.date(2008, 3, number + 1)))

    assert sum_of_entries() == CONNECTIONS
