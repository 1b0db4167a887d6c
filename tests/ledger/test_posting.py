import datetime as dt
import uuid
from collections import Counter

import pytest
from django.db import DataError, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, PostingKind, Purpose, Sex
from hocsuotdoi.ledger.models import Entry, Posting
from hocsuotdoi.ledger.operations.posting import (
    Act,
    AlreadyReversed,
    BadDate,
    BadQuantity,
    LearnerNotPseudonymous,
    Line,
    NoPlace,
    NothingToPost,
    PreviousRevisionStands,
    ReasonMissing,
    ReversalIsFinal,
    UnknownMeasure,
    post,
    post_all,
    reverse,
    reverse_all,
)
from tests.factories.ledger import make_posting, noon
from tests.factories.places import InstitutionFactory
from tests.ledger.conftest import make_library, stood_always
from tests.support.depth import cases

DAY = dt.date(2026, 11, 23)


def total(**conditions) -> int:
    return Entry.objects.filter(**conditions).aggregate(total=Sum("quantity"))["total"] or 0


def post_visits(library, source_id, *, quantity=7, revision=1, day=DAY, at=None):
    return post(
        library,
        source_kind="test.visit",
        source_id=source_id,
        occurred_on=day,
        lines=[Line(MeasureCode.LIBRARY_VISIT, quantity)],
        by=None,
        at=at or noon(day),
        revision=revision,
    )


def test_post_with_dimensions_keeps_each(library):
    key = uuid.uuid4()
    line = Line(
        MeasureCode.PROGRAMME_ATTENDANCE,
        3,
        sex=Sex.FEMALE,
        age_band=AgeBand.CHILD,
        channel=Channel.ON_SITE,
        purpose=Purpose.LEARNING,
        learner_key=key,
        tags=["reading", "heritage_day", "reading"],
    )

    posting = make_posting(library, DAY, line)

    entry = posting.entries.get()
    assert (entry.measure, entry.quantity, entry.sex, entry.age_band) == (line.measure, 3, "female", "6-10")
    assert (entry.channel, entry.purpose, entry.learner_key) == ("on_site", "learning", key)
    assert entry.tags == ["heritage_day", "reading"]
    assert (entry.occurred_on, entry.place.name, entry.institution) == (DAY, "Phường Bắc Kạn", library)


def test_post_with_unknown_dimensions_keeps_them_unknown(library):
    entry = make_posting(library, DAY).entries.get()

    assert (entry.sex, entry.age_band, entry.channel, entry.purpose, entry.residence, entry.learner_key) == (None,) * 6


def test_post_of_the_same_source_twice_counts_once(library):
    source = uuid.uuid4()

    first = post_visits(library, source, quantity=7)
    second = post_visits(library, source, quantity=9)

    assert first == second
    assert total() == 7


def test_post_keeps_who_and_when(library):
    officer = Person.objects.create_user("can@bo.vn", full_name="Cán bộ")
    at = noon(DAY)

    posting = post(
        library,
        source_kind="test.visit",
        source_id=uuid.uuid4(),
        occurred_on=DAY,
        lines=[Line(MeasureCode.LIBRARY_VISIT, 1)],
        by=officer,
        at=at,
    )

    assert (posting.posted_by, posting.posted_at, posting.kind) == (officer.pk, at, PostingKind.HAPPENING)


def test_post_that_fails_midway_leaves_nothing(library):
    with pytest.raises(DataError):
        make_posting(library, DAY, Line(MeasureCode.LOAN, 1), Line(MeasureCode.LOAN, 1, sex="longer than its column"))

    assert not Posting.objects.exists()


@pytest.mark.parametrize(
    ("lines", "refusal"),
    [
        ([], NothingToPost),
        ([Line("smiles", 1)], UnknownMeasure),
        ([Line(MeasureCode.LOAN, 0)], BadQuantity),
        ([Line(MeasureCode.LOAN, 2), Line(MeasureCode.LOAN, -1)], BadQuantity),
    ],
)
def test_post_with_bad_lines_is_refused(library, lines, refusal):
    with pytest.raises(refusal):
        post(
            library,
            source_kind="test.visit",
            source_id=uuid.uuid4(),
            occurred_on=DAY,
            lines=lines,
            by=None,
            at=noon(DAY),
        )

    assert not Posting.objects.exists()


def test_post_of_a_day_to_come_is_refused(library):
    with pytest.raises(BadDate):
        post_visits(library, uuid.uuid4(), at=noon(DAY - dt.timedelta(days=1)))


def test_post_of_today_in_viet_nam_while_it_is_yesterday_in_utc_is_accepted(library):
    just_after_midnight = dt.datetime(2026, 11, 22, 17, 5, tzinfo=dt.UTC)

    assert post_visits(library, uuid.uuid4(), at=just_after_midnight).occurred_on == DAY


def test_post_of_a_day_long_ago_is_refused(library):
    with pytest.raises(BadDate):
        post_visits(library, uuid.uuid4(), day=dt.date(226, 11, 23), at=noon(DAY))


def test_post_before_the_institution_had_a_place_is_refused(library):
    with pytest.raises(NoPlace, match="30/6/2025"):
        post_visits(library, uuid.uuid4(), day=dt.date(2025, 6, 30))


def test_post_in_a_year_without_partition_makes_it(library):
    stood_always(library)

    post_visits(library, uuid.uuid4(), day=dt.date(2009, 5, 1))
    post_visits(library, uuid.uuid4(), day=dt.date(2009, 5, 2))

    assert total(occurred_on__year=2009) == 14


def test_post_with_an_account_as_learner_key_is_refused(library):
    reader = Person.objects.create_user("ban@doc.vn", full_name="Bạn đọc")

    with pytest.raises(LearnerNotPseudonymous):
        make_posting(library, DAY, learner_key=reader.pk)

    make_posting(library, DAY, learner_key=reader.learner_key)
    assert total(learner_key=reader.learner_key) == 1


def test_reverse_posts_the_opposite_in_every_dimension(library):
    posting = make_posting(
        library,
        DAY,
        Line(MeasureCode.PROGRAMME_SESSION, 1, tags=["reading"]),
        Line(MeasureCode.PROGRAMME_ATTENDANCE, 12, sex=Sex.MALE, age_band=AgeBand.TEEN, channel=Channel.ON_SITE),
    )

    reversal = reverse(posting, reason="gõ nhầm", by=None, at=noon(DAY + dt.timedelta(days=40)))

    cells = ("measure", "sex", "age_band", "channel", "place_id", "occurred_on")
    assert Counter({row[:-1]: -row[-1] for row in reversal.entries.values_list(*cells, "quantity")}) == Counter(
        {row[:-1]: row[-1] for row in posting.entries.values_list(*cells, "quantity")}
    )
    assert (reversal.reverses, reversal.reason, reversal.occurred_on) == (posting, "gõ nhầm", DAY)
    assert total() == 0


def test_reverse_twice_is_refused(library):
    posting = make_posting(library, DAY)
    reverse(posting, reason="nhầm", by=None, at=noon(DAY))

    with pytest.raises(AlreadyReversed, match="23/11/2026"):
        reverse(posting, reason="nhầm", by=None, at=noon(DAY))

    assert total() == 0


def test_reverse_of_a_reversal_is_refused(library):
    reversal = reverse(make_posting(library, DAY), reason="nhầm", by=None, at=noon(DAY))

    with pytest.raises(ReversalIsFinal):
        reverse(reversal, reason="nhầm", by=None, at=noon(DAY))


def test_reverse_without_a_reason_is_refused(library):
    with pytest.raises(ReasonMissing):
        reverse(make_posting(library, DAY), reason="  ", by=None, at=noon(DAY))


def test_correction_after_a_reversal_counts_alone(library):
    source = uuid.uuid4()
    reverse(post_visits(library, source, quantity=70), reason="thừa số 0", by=None, at=noon(DAY))

    post_visits(library, source, quantity=7, revision=2)
    post_visits(library, source, quantity=7, revision=2)

    assert total() == 7


def test_correction_while_the_first_still_counts_is_refused(library):
    source = uuid.uuid4()
    post_visits(library, source)

    with pytest.raises(PreviousRevisionStands):
        post_visits(library, source, revision=2)


def test_every_refusal_can_be_shown_to_a_person():
    for refusal in (NothingToPost, UnknownMeasure, BadQuantity, NoPlace, BadDate, AlreadyReversed, ReversalIsFinal):
        assert issubclass(refusal, Refused)


acts = st.lists(
    st.tuples(st.integers(0, 5), st.integers(1, 50), st.sampled_from(["post", "post", "reverse"])), max_size=25
)


@pytest.mark.slow
class TestLedgerLaws(TestCase):
    """Whatever is posted and reversed in whatever order, the sum is that of the postings that stand."""

    @given(acts)
    @settings(max_examples=cases(25), deadline=None, suppress_health_check=list(HealthCheck))
    def test_sum_is_that_of_the_postings_that_stand(self, acts):
        library = make_library()
        sources = [uuid.uuid4() for _ in range(6)]
        standing: dict[int, int] = {}
        reversed_sources: set[int] = set()
        for number, quantity, act in acts:
            if act == "post":
                posting = post_visits(library, sources[number], quantity=quantity)
                standing.setdefault(number, quantity)
                assert posting.source_id == sources[number]
            elif number in standing and number not in reversed_sources:
                posting = Posting.objects.get(source_id=sources[number], kind=PostingKind.HAPPENING)
                reverse(posting, reason="thử", by=None, at=noon(DAY))
                reversed_sources.add(number)
        assert total(institution=library) == sum(q for n, q in standing.items() if n not in reversed_sources)


# -- many at once, and figures that were typed in --


def acts_at(*institutions, quantity=3, day=DAY, revision=1):
    return [
        Act(each, uuid.uuid5(uuid.NAMESPACE_OID, str(each.pk)), day, [Line(MeasureCode.LOAN, quantity)], revision)
        for each in institutions
    ]


def state_all(acts):
    return post_all(acts, source_kind="test.stated", by=None, at=noon(DAY), kind=PostingKind.STATED)


@pytest.mark.parametrize("count", [1, 3])
def test_many_are_posted_and_taken_back_in_as_many_queries_as_one(db, count, django_assert_num_queries):
    libraries = [InstitutionFactory() for _ in range(count)]

    with django_assert_num_queries(6):  # a savepoint and its end among them
        postings = state_all(acts_at(*libraries))
    with django_assert_num_queries(6):
        reversals = reverse_all(postings, reason="Nhầm", by=None, at=noon(DAY))

    assert [each.institution for each in postings] == libraries
    assert [each.reverses for each in reversals] == postings
    assert sum(Entry.objects.values_list("quantity", flat=True)) == 0
    assert Entry.objects.count() == 2 * count


def test_many_posted_again_change_nothing(library):
    first = state_all(acts_at(library))

    assert state_all(acts_at(library, InstitutionFactory(), quantity=9))[0] == first[0]
    assert sorted(Entry.objects.values_list("quantity", flat=True)) == [3, 9]


def test_one_that_is_refused_refuses_all(library):
    nowhere = InstitutionFactory()
    nowhere.placements.all().delete()

    with pytest.raises(NoPlace):
        state_all(acts_at(library, nowhere))
    with pytest.raises(PreviousRevisionStands):
        state_all([*acts_at(library), *acts_at(InstitutionFactory(), revision=2)])

    assert not Posting.objects.exists()


def test_one_that_was_taken_back_before_refuses_all(library):
    postings = state_all(acts_at(library, InstitutionFactory()))
    reverse_all(postings[:1], reason="Nhầm", by=None, at=noon(DAY))

    with pytest.raises(AlreadyReversed), transaction.atomic():
        reverse_all(postings, reason="Nhầm", by=None, at=noon(DAY))

    assert Posting.objects.filter(kind=PostingKind.REVERSAL).count() == 1


def test_stated_posting_may_say_that_there_was_nothing(library):
    act = Act(library, uuid.uuid4(), DAY, [])
    posting = state_all([act])[0]
    reversal = reverse(posting, reason="Nhầm", by=None, at=noon(DAY))

    assert (posting.kind, reversal.reverses, Entry.objects.count()) == (PostingKind.STATED, posting, 0)
    with pytest.raises(NothingToPost):
        post_all([act], source_kind="test.stated", by=None, at=noon(DAY), kind=PostingKind.HAPPENING)
