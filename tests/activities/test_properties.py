"""Laws that hold after any sequence of acts."""

import uuid

import pytest
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.activities.enums import RegistrationStatus
from hocsuotdoi.activities.models import Registration, Session
from hocsuotdoi.activities.operations.activity import change_session
from hocsuotdoi.activities.operations.registration import cancel_registration, register
from hocsuotdoi.activities.operations.roll import add_walk_in, close_session, mark_attendance, open_roll, set_tally
from hocsuotdoi.activities.queries.roll import roll_of
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.ledger.enums import AgeBand, Sex
from hocsuotdoi.ledger.models import Entry
from tests.factories.activities import SessionFactory
from tests.support.depth import cases

LAW = settings(
    max_examples=cases(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("register"), st.integers(1, 6), st.integers(0, 8)),
        st.tuples(st.just("cancel"), st.integers(0, 8), st.just(0)),
        st.tuples(st.just("capacity"), st.integers(1, 15), st.just(0)),
    ),
    max_size=20,
)


@pytest.mark.slow
@LAW
@given(acts=ACTS)
def test_places_taken_is_the_sum_of_confirmed_groups_and_never_above_capacity(reading_day, now, acts):
    session = SessionFactory(activity=reading_day, capacity=10)
    forms = [uuid.uuid4() for _form in range(9)]
    made: list[Registration] = []
    for act, number, form in acts:
        try:
            match act:
                case "register":
                    made.append(register(session, name="Mai", group_size=number, form_key=forms[form], at=now))
                case "cancel" if made:
                    cancel_registration(made[number % len(made)], at=now)
                case "capacity":
                    change_session(session, capacity=number, by=None, at=now)
        except Refused:
            pass
        session = Session.objects.get(pk=session.pk)
        groups = session.registrations.filter(status=RegistrationStatus.CONFIRMED).aggregate(n=Sum("group_size"))["n"]
        assert session.places_taken == (groups or 0) <= session.capacity


CELLS = st.dictionaries(
    st.tuples(st.sampled_from([*Sex.values, None]), st.sampled_from([*AgeBand.values, None])),
    st.integers(0, 40),
    max_size=8,
)


@pytest.mark.slow
@LAW
@given(
    groups=st.lists(st.tuples(st.integers(1, 9), st.integers(0, 9)), max_size=6),
    walk_ins=st.lists(
        st.tuples(st.sampled_from([*Sex.values, None]), st.sampled_from([*AgeBand.values, None])), max_size=5
    ),
    cells=CELLS,
)
def test_sum_posted_is_the_sum_shown(reading_day, now, during, groups, walk_ins, cells):
    session = SessionFactory(activity=reading_day)
    for size, present in groups:
        registration = register(session, name="Mai", group_size=size, form_key=uuid.uuid4(), at=now)
        mark_attendance(session, present={registration.pk: min(present, size)}, by=None, at=during)
    for sex, age_band in walk_ins:
        add_walk_in(session, name="Páo", sex=sex, age_band=age_band, form_key=uuid.uuid4(), by=None, at=during)
    set_tally(session, cells=cells, by=None, at=during)
    expected = sum(min(p, s) for s, p in groups) + len(walk_ins) + sum(cells.values())
    open_roll(session, by=None, at=during)
    assert roll_of(session).people == expected

    session, posting = close_session(session, nobody_came=True, by=None, at=during)

    posted = dict(Entry.objects.filter(posting=posting).values_list("measure").annotate(people=Sum("quantity")))
    assert posted.get("programme_attendance", 0) == posted.get("library_visit", 0) == session.attended == expected
    assert posted["programme_session"] == 1
