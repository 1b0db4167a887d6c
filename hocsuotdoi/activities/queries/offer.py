"""What the public finds: sessions to come, one activity, what an institution offers."""

import datetime as dt
import math
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

from django.apps import apps
from django.contrib.postgres.expressions import ArraySubquery
from django.contrib.postgres.search import SearchQuery
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FilteredRelation,
    Func,
    Model,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    Window,
    prefetch_related_objects,
)
from django.db.models.functions import Coalesce, Now, RowNumber, Sqrt, TruncDate
from django.utils import timezone

from hocsuotdoi.accounts.rules import Someone
from hocsuotdoi.activities.enums import ActivityStatus, Audience, SessionStatus, SpokenLanguage
from hocsuotdoi.activities.models import Activity, Contributor, Question, Schedule, Session
from hocsuotdoi.activities.models.activity import CHILD_BANDS, ActivityQuerySet
from hocsuotdoi.activities.models.session import SessionQuerySet
from hocsuotdoi.activities.queries.joining import saved_for_waiting
from hocsuotdoi.core.dated import on
from hocsuotdoi.core.kept_queries import KeptQuery
from hocsuotdoi.core.vietnamese import exact_expression, search_expression
from hocsuotdoi.ledger.enums import AgeBand, Channel
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement
from hocsuotdoi.places.queries.institutions import placed_in

KM_OF_A_DEGREE = 111.195
DISTANCES = (5, 10, 20, 50)
LONGEST = dt.timedelta(days=32)
"""No session lasts longer (operations.session_checks): so the index on the beginning finds those not over yet."""
CANCELLED_SHOWN = dt.timedelta(days=14)
"""How long after its time a calendar is still told that a session was cancelled."""


SEARCHED = ("search_text", "search_vector")
"""Columns that only the database reads, and long ones."""
REGISTERED = ("sort_key", "search_text", "about", "source", "website", "email", "phone")
"""Columns of an institution that only its own page needs."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What someone looks for; what is None, empty or False is not asked about. Days are both included.

    `within`: so many kilometres around the centre of `unit` instead of in it. `nearest`: what is near that centre
    comes first, not what is soon.
    """

    unit: AdminUnit | None = None
    within: int | None = None
    institution: Institution | None = None
    first_day: dt.date | None = None
    last_day: dt.date | None = None
    kind: str = ""
    audience: str = ""
    age: str = ""
    group: str = ""
    language: str = ""
    words: str = ""
    free: bool = False
    online: bool = False
    nearest: bool = False

    @property
    def measures(self) -> bool:
        """Whether distances are asked for and can be told."""
        has_centre = self.unit is not None and self.unit.latitude is not None and self.unit.longitude is not None
        return has_centre and (self.nearest or self.within is not None)

    @property
    def is_by_time(self) -> bool:
        return not self.words and not (self.nearest and self.measures)


def whats_on(wish: Wish, *, at: dt.datetime) -> QuerySet[Session]:
    """Planned sessions of published activities that are not over at `at` and fit `wish`, soonest first.

    Each session has `place_name` (the unit its institution stands in today), `places_saved`, and `distance_km` where
    the wish measures; activity, institution and room come along. One query, whatever is asked. Words without marks find
    any marking, words with marks only themselves; what holds the words just as typed comes first.
    """
    planned = Session.objects.planned().for_everybody().filter(starts_at__gt=at - LONGEST, ends_at__gt=at)
    found = _fitting(planned.filter(activity__status=ActivityStatus.PUBLISHED), wish, at=at)
    return found.annotate(is_saved_for_waiting=saved_for_waiting(at))


def to_follow(wish: Wish, *, at: dt.datetime) -> QuerySet[Session]:
    """As `whats_on`, for those who follow a calendar: also what was cancelled, until a while after its time."""
    published = Q(activity__status=ActivityStatus.PUBLISHED, status=SessionStatus.PLANNED, ends_at__gt=at)
    cancelled = Q(
        activity__published_at__isnull=False, status=SessionStatus.CANCELLED, ends_at__gt=at - CANCELLED_SHOWN
    )
    lately = Session.objects.for_everybody().filter(starts_at__gt=at - LONGEST - CANCELLED_SHOWN)
    return _fitting(lately.filter(published | cancelled), wish, at=at)


def rows_of(sessions: QuerySet[Session], keys: Iterable[uuid.UUID]) -> list[Session]:
    """Those of `sessions` (as `whats_on` gives them) that a page shows; one query. The page is found by its keys first,
    so that only keys are sorted, not everything that is said about everything that is on."""
    return list(sessions.filter(pk__in=list(keys)))


def found_sessions(keys: Iterable[uuid.UUID], *, at: dt.datetime) -> list[Session]:
    """What a list says of the sessions with these keys, in their order, as `whats_on` without distances; one query,
    which is kept."""
    keys = list(keys)
    found = {session.pk: session for session in _found(timezone.localdate(at)).of_each(keys)} if keys else {}
    return [found[key] for key in keys if key in found]


@lru_cache(maxsize=2)
def _found(day: dt.date) -> KeptQuery[Session]:
    told = with_place(Session.objects.annotate(is_saved_for_waiting=saved_for_waiting(Now())), day).order_by()
    return KeptQuery(lambda key: told.filter(pk=key))


def by_day(sessions: list[Session]) -> list[tuple[dt.date, list[Session]]]:
    """Sessions in order of time, grouped by the local day they begin on."""
    return [(day, list(group)) for day, group in groupby(sessions, key=lambda session: session.held_on)]


def upcoming_at(institution: Institution, *, at: dt.datetime) -> QuerySet[Session]:
    """The planned sessions of the institution's published activities that are not over, soonest first."""
    return (
        Session.objects.planned()
        .for_everybody()
        .filter(institution=institution, activity__status=ActivityStatus.PUBLISHED, ends_at__gt=at)
        .select_related("activity", "institution", "room")
        .annotate(is_saved_for_waiting=saved_for_waiting(at))
        .order_by("starts_at", "id")
    )


def activity_page(person: Someone, *, at: dt.datetime) -> QuerySet[Activity]:
    """Activities that `person` may see, with institution, `place_name`, `address`, all sessions with rooms; two
    queries. `has_schedules`, `has_contributors`, `has_questions`: whether there are any, so that nobody asks in vain
    (see `completed`).
    """
    return _described(timezone.localdate(at)).visible_to(person)


def published_activity(key: uuid.UUID, *, at: dt.datetime) -> Activity | None:
    """The activity as a stranger sees it: as `activity_page`, `completed`; two queries and those of `completed`. What a
    crawler opens page by page, so it is asked by questions that are kept."""
    found = _published(timezone.localdate(at)).of(key)
    if not found:
        return None
    activity = found[0]
    sessions = _sessions().all()
    sessions._result_cache = _SESSIONS_OF.of(key)
    for session in sessions:
        session.activity = activity
    activity._prefetched_objects_cache = {"sessions": sessions}  # type: ignore[attr-defined]
    return completed(activity)


@lru_cache(maxsize=2)
def _described(day: dt.date) -> ActivityQuerySet:
    """Kept for the day: to write this question down anew takes longer than to answer it. So the database's clock says
    for whom a free place is."""
    return (
        Activity.objects.defer(*SEARCHED, *(f"institution__{column}" for column in REGISTERED))
        .select_related("institution")
        .annotate(
            today=FilteredRelation("institution__placements", condition=on(day, "institution__placements__")),
            place_name=F("today__unit__name"),
            address=F("today__address"),
            has_schedules=_any_of(Schedule),
            has_contributors=_any_of(Contributor),
            has_questions=_any_of(Question),
        )
        .prefetch_related(Prefetch("sessions", _sessions()))
    )


@cache
def _sessions() -> SessionQuerySet:
    """For an activity's page."""
    return (
        Session.objects.for_everybody()
        .select_related("room")
        .annotate(was_changed=_ever_changed(), is_saved_for_waiting=saved_for_waiting(Now()))
        .order_by("starts_at", "id")
    )


@lru_cache(maxsize=2)
def _published(day: dt.date) -> KeptQuery[Activity]:
    return KeptQuery(lambda key: _described(day).visible_to(None).filter(pk=key))


_SESSIONS_OF = KeptQuery(lambda key: _sessions().filter(activity=key))


def completed(activity: Activity) -> Activity:
    """Brings along an `activity_page`'s rules, contributors and questions: a query for each kind there is any of."""
    there_are = {name: getattr(activity, f"has_{name}") for name in _OF_AN_ACTIVITY}
    if any(there_are.values()):
        prefetch_related_objects([activity], *(name for name, some in there_are.items() if some))
    # Django has no public word for «known to be empty», and asking for nothing costs as much as asking.
    activity._prefetched_objects_cache |= {  # type: ignore[attr-defined]
        name: _none_of(_OF_AN_ACTIVITY[name]) for name, some in there_are.items() if not some
    }
    return activity


_OF_AN_ACTIVITY = {"schedules": Schedule, "contributors": Contributor, "questions": Question}


@cache
def _none_of(model: type[Model]) -> QuerySet:
    nothing = model._default_manager.none()
    nothing._result_cache = []
    return nothing


def _ever_changed() -> Exists:
    """Of a session: whether it was changed since it was made."""
    events = apps.get_model("activities", "SessionEvent").objects
    return Exists(events.filter(pgh_obj=OuterRef("pk"), pgh_label="update"))


def _any_of(model: type[Schedule] | type[Contributor] | type[Question]) -> Exists:
    return Exists(model.objects.filter(institution=OuterRef("institution"), activity=OuterRef("pk")))


def activity_to_join(person: Someone) -> QuerySet[Activity]:
    """Activities that `person` may see, with their sessions and `has_questions`: no more than taking a place needs,
    since it comes before every registration; two queries."""
    return _joinable().visible_to(person)


@cache
def _joinable() -> ActivityQuerySet:
    return (
        Activity.objects.defer(*SEARCHED, "description")
        .annotate(has_questions=_any_of(Question))
        .prefetch_related(Prefetch("sessions", Session.objects.for_everybody()))
    )


def counted_by_day(sessions: QuerySet[Session]) -> dict[dt.date, int]:
    """How many of `sessions` begin on each local day; one query."""
    days = sessions.order_by().annotate(day=TruncDate("starts_at")).values_list("day")
    return dict(days.annotate(number=Count("pk")))


def first_of_each_day(sessions: QuerySet[Session], *, most: int) -> dict[dt.date, list[Session]]:
    """Day → the `most` first of `sessions` that begin on it, each with its beginning and its activity's title; one
    query."""
    place = Window(RowNumber(), partition_by=TruncDate("starts_at"), order_by=["starts_at", "pk"])
    numbered = sessions.order_by().annotate(place_in_day=place).filter(place_in_day__lte=most)
    # Only keys are numbered: whole rows of a country's month would not fit the memory of a sort.
    named = Session.objects.select_related("activity").only("starts_at", "activity__title")
    return dict(by_day(list(named.filter(pk__in=numbered.values("pk")).order_by("starts_at", "id"))))


def counted_by_institution(sessions: QuerySet[Session]) -> dict[int, int]:
    """How many of `sessions` each institution offers; one query."""
    return dict(sessions.order_by().values_list("institution_id").annotate(number=Count("pk")))


def with_place(sessions: QuerySet[Session], day: dt.date) -> QuerySet[Session]:
    """`sessions` with `place_name`, activity, institution and room."""
    placement = InstitutionPlacement.objects.on(day).filter(institution=OuterRef("institution"))
    found = sessions.select_related("activity", "institution", "room")
    return found.defer(*(f"activity__{column}" for column in SEARCHED)).annotate(
        place_name=Subquery(placement.values("unit__name")[:1])
    )


def _fitting(sessions: QuerySet[Session], wish: Wish, *, at: dt.datetime) -> QuerySet[Session]:
    today = timezone.localdate(at)
    order = ["starts_at", "id"]
    if wish.measures:
        spots = _measured(wish, today)
        sessions = sessions.annotate(
            distance_km=Subquery(spots.filter(institution=OuterRef("institution")).values("km")[:1])
        )
        order = ["distance_km", *order] if wish.nearest else order
    if wish.unit is not None:
        sessions = sessions.filter(_is_among("institution_id", _standing(wish, today)))
    if exact := exact_expression(wish.words):
        holds_it = Q(activity__search_vector=_query(exact))
        sessions = sessions.annotate(is_exact=ExpressionWrapper(holds_it, BooleanField()))
        order = ["-is_exact", *order]
    return with_place(sessions.filter(_asked(wish, at=at)), today).order_by(*order)


def _is_among(column: str, keys: QuerySet) -> Func:
    """`column` is one of `keys`, which are looked up first and once. As an IN with its subquery the planner has more
    tables than it tries all orders of, and reads the whole country for a commune."""
    return Func(
        F(column),
        ArraySubquery(keys),
        template="(%(expressions)s))",
        arg_joiner=" = ANY (",
        output_field=BooleanField(),
    )


def _asked(wish: Wish, *, at: dt.datetime) -> Q:
    """What `wish` asks of a session and its activity, the place aside."""
    asked = Q()
    if wish.institution is not None:
        asked &= Q(institution=wish.institution)
    if wish.first_day:
        asked &= Q(ends_at__gte=_midnight(wish.first_day))
    if wish.last_day and wish.last_day < dt.date.max:
        asked &= Q(starts_at__lt=_midnight(wish.last_day + dt.timedelta(days=1)))
    for field, value in (("kind", wish.kind), ("audience", wish.audience)):
        if value:
            asked &= Q(**{f"activity__{field}": value})
    if wish.age:
        asked &= _for_age(wish.age)
    if wish.group:
        asked &= Q(activity__groups__contains=[wish.group])
    if wish.language:
        spoken = Q(activity__languages__contains=[wish.language])
        asked &= spoken | Q(activity__languages=[]) if wish.language == SpokenLanguage.VIETNAMESE else spoken
    if wish.free:
        asked &= Q(capacity__isnull=True) | Q(places_taken__lt=F("capacity")) & ~Q(saved_for_waiting(at))
    if wish.online:
        asked &= Q(channel=Channel.ONLINE) | Q(also_online=True)
    if words := search_expression(wish.words):
        asked &= Q(activity__search_vector=_query(words))
    return asked


def _for_age(band: str) -> Q:
    """Activities for people of that age: where no ages are stated, by whom they are meant for."""
    meant_for = [Audience.EVERYONE, Audience.FAMILIES]
    if band in CHILD_BANDS:
        meant_for.append(Audience.CHILDREN)
    if band in (AgeBand.CHILD, AgeBand.TEEN, AgeBand.YOUTH, AgeBand.YOUNG_ADULT):
        meant_for.append(Audience.PUPILS)
    if band in (AgeBand.YOUNG_ADULT, AgeBand.ADULT, AgeBand.SENIOR):
        meant_for.append(Audience.ADULTS)
    if band == AgeBand.SENIOR:
        meant_for.append(Audience.SENIORS)
    stated = Q(activity__age_bands__contains=[band])
    return stated | Q(activity__age_bands=[], activity__audience__in=meant_for)


def _standing(wish: Wish, today: dt.date) -> QuerySet:
    """The institutions where `wish` looks, as a subquery of keys."""
    assert wish.unit is not None
    if wish.within is None or not wish.measures:
        return placed_in(wish.unit, today).order_by().values("pk")
    return _measured(wish, today).filter(km__lte=wish.within).values("institution")


def _measured(wish: Wish, today: dt.date) -> QuerySet[InstitutionPlacement]:
    """Today's placements with `km`: from the centre of the wished unit, as the crow flies. The institution's own
    coordinates where they are known, else the centre of its unit. On a plane: at 50 km that errs by some metres."""
    assert wish.unit is not None
    assert wish.unit.latitude is not None
    assert wish.unit.longitude is not None
    narrower = math.cos(math.radians(wish.unit.latitude))
    north = (Coalesce("latitude", "unit__latitude") - wish.unit.latitude) * KM_OF_A_DEGREE
    east = (Coalesce("longitude", "unit__longitude") - wish.unit.longitude) * (KM_OF_A_DEGREE * narrower)
    return InstitutionPlacement.objects.on(today).annotate(km=Sqrt(north * north + east * east))


def _query(expression: str) -> SearchQuery:
    return SearchQuery(expression, config="simple", search_type="raw")


def _midnight(day: dt.date) -> dt.datetime:
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))
