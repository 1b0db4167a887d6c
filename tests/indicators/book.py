"""A ledger over the reform of 2025, played from steps that hypothesis makes up, or a seed: late entries, reversals,
institutions whose place was merged or who changed their class, learners, typed-in figures."""

import datetime as dt
import random
import uuid

from django.utils import timezone
from hypothesis import strategies as st

from hocsuotdoi.indicators.operations.rolling import fold, follow_map, rebuild
from hocsuotdoi.ledger.enums import AgeBand, Channel, MeasureCode, PostingKind, Purpose, Sex
from hocsuotdoi.ledger.operations.posting import Line, post, reverse
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import Institution, InstitutionPlacement
from tests.factories.places import InstitutionFactory
from tests.indicators.conftest import REFORM, Country

TODAY = dt.date(2026, 3, 1)
NOW = timezone.make_aware(dt.datetime(2026, 3, 1, 12))


def found() -> tuple[Country, list[Institution]]:
    """Three institutions; the first two stood in the old units before the reform, the third is new."""
    there = Country()
    houses = []
    for place, after, kind in [
        (there.old_b, there.xa, InstitutionClass.LIBRARY_COMMUNE),
        (there.old_d, there.nam, InstitutionClass.MUSEUM_PROVINCE),
        (None, there.phuong, InstitutionClass.LIBRARY_COMMUNE),
    ]:
        house = InstitutionFactory(unit=after, institution_class=kind)
        house.placements.update(starts_on=REFORM if place else None)
        if place:
            InstitutionPlacement.objects.create(institution=house, unit=place, ends_on=REFORM)
        houses.append(house)
    follow_map(TODAY)
    return there, houses


line = st.builds(
    Line,
    measure=st.sampled_from([MeasureCode.LIBRARY_VISIT, MeasureCode.PROGRAMME_ATTENDANCE]),
    quantity=st.integers(1, 5),
    sex=st.sampled_from([None, Sex.FEMALE, Sex.MALE]),
    age_band=st.sampled_from([None, AgeBand.CHILD, AgeBand.SENIOR]),
    channel=st.sampled_from([None, Channel.ON_SITE]),
    purpose=st.sampled_from([None, Purpose.LEARNING]),
    learner_key=st.sampled_from([None, uuid.UUID(int=1), uuid.UUID(int=2)]),
)
happening = st.tuples(
    st.just("post"),
    st.integers(0, 2),
    st.dates(dt.date(2025, 5, 1), dt.date(2026, 2, 1)),
    st.lists(line, min_size=1, max_size=3),
    st.sampled_from([PostingKind.HAPPENING, PostingKind.STATED]),
)
step = st.one_of(
    happening,
    st.tuples(st.just("reverse"), st.integers(0, 20)),
    st.tuples(st.just("fold")),
    st.tuples(st.just("rebuild")),
    st.tuples(st.just("reclass"), st.integers(0, 2), st.sampled_from(["library_commune", "bookcase"])),
)


def play(steps: list[tuple], houses: list[Institution]) -> None:
    """Takes the steps one by one; a reversal takes back one of the postings that these steps have made."""
    standing = []
    for what, *how in steps:
        if what == "post":
            number, day, lines, kind = how
            day = max(day, REFORM) if number == 2 else day
            source = {"source_kind": "activities.session", "source_id": uuid.uuid4()}
            standing.append(post(houses[number], **source, occurred_on=day, lines=lines, kind=kind, by=None, at=NOW))
        elif what == "reverse" and standing:
            reverse(standing.pop(how[0] % len(standing)), reason="Đếm nhầm", by=None, at=NOW)
        elif what == "fold":
            fold()
        elif what == "rebuild":
            rebuild(TODAY)
        elif what == "reclass":
            house = houses[how[0]]
            house.institution_class = how[1]
            house.save(update_fields=["institution_class"])


def many_steps(number: int, seed: int) -> list[tuple]:
    """As the strategy has them, a sixth of them reversals, without folds between."""
    dice = random.Random(seed)
    steps: list[tuple] = []
    for _ in range(number):
        if dice.random() < 1 / 6:
            steps.append(("reverse", dice.randrange(1000)))
            continue
        day = dt.date(2024, 11, 1) + dt.timedelta(days=dice.randrange(480))
        lines = [some_line(dice) for _ in range(dice.randrange(1, 12))]
        kind = PostingKind.STATED if dice.random() < 0.2 else PostingKind.HAPPENING
        steps.append(("post", dice.randrange(3), day, lines, kind))
    return steps


def some_line(dice: random.Random) -> Line:
    return Line(
        measure=dice.choice([MeasureCode.LIBRARY_VISIT, MeasureCode.PROGRAMME_ATTENDANCE, MeasureCode.LOAN]),
        quantity=dice.randrange(1, 40),
        sex=dice.choice([None, *Sex]),
        age_band=dice.choice([None, *AgeBand]),
        channel=dice.choice([None, *Channel]),
        purpose=dice.choice([None, *Purpose]),
        learner_key=dice.choice([None, uuid.UUID(int=dice.randrange(1, 60))]),
    )
