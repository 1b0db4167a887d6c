"""Indicators made on a page: drafts, and what becomes of them. Definitions from files are loaded by `definitions`."""

import datetime as dt
import re
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.templatetags.house import day_short
from hocsuotdoi.core.two_languages import stored_words
from hocsuotdoi.core.vietnamese import fold
from hocsuotdoi.indicators.models import Cohort, Definition, Indicator, IndicatorDraft, IndicatorVersion
from hocsuotdoi.indicators.queries.definitions import changes, content_of
from hocsuotdoi.indicators.rules import problem_of
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

OWNING_TIERS = {Tier.COUNTRY, Tier.PROVINCE}
"""Who defines figures for many: the Ministry and the provinces."""
FIRST_ORDINAL = 1000
"""Those of the five documents come first."""
RESERVED = {"dictionary", "values", "criteria", "counts", "postings"}
"""Words that stand in addresses where a code does."""


class DefinitionRefused(Refused):
    """A definition that would say nothing, or add what is never added."""


class NotAnOwner(Refused):
    """A unit that does not define indicators."""


class NotOurs(Refused):
    """An indicator of the five documents, or of another unit."""


class KindChanged(Refused):
    """Another kind or unit of measure would be another indicator."""


class DraftPublished(Refused):
    """What is published is not changed any more."""


class NothingChanged(Refused):
    """A new version that says what the newest says."""


class ChangeNotTold(Refused):
    """A new version without a word on what has changed."""


class DayNotPossible(Refused):
    """A version that would hold in the past, or before the one it follows."""


@transaction.atomic
def save_draft(
    draft: IndicatorDraft | None,
    *,
    content: dict[str, Any],
    cohort: Cohort | None,
    owner: AdminUnit,
    by: Person,
    at: dt.datetime,
    indicator: Indicator | None = None,
    change_note: str = "",
) -> IndicatorDraft:
    """Keep a definition that is being made; `draft` None: a new one, of a new indicator or of the next version of one.

    `content` is by field name, without the cohort, which is stored if it is new. Nothing public changes. Refused: a
    unit that does not define, a draft that was published, an indicator that is not the owner's, a definition that says
    nothing (`rules.problem_of`), another kind or unit of measure than the indicator has.
    """
    if owner.tier not in OWNING_TIERS:
        raise NotAnOwner(_("Indicators are made by the Ministry and by provinces."))
    if draft is None:
        draft = IndicatorDraft(indicator=indicator, made_by=by.pk)
    else:
        draft = IndicatorDraft.objects.select_for_update().get(pk=draft.pk)
        if draft.published_as_id is not None:
            raise DraftPublished(_("This draft has been published; make the next version instead."))
    with stored_words():
        for name, value in content.items():
            setattr(draft, name, value)
        draft.cohort = _stored(cohort)
        _refuse_wrong(draft)
        if draft.indicator is not None:
            _refuse_another(draft, draft.indicator, owner)
        draft.owner, draft.change_note = owner, change_note.strip()
        draft.changed_by, draft.changed_at = by.pk, at
        draft.save()
    return draft


@transaction.atomic
def publish_draft(draft: IndicatorDraft, *, starts_on: dt.date | None, by: Person, at: dt.datetime) -> IndicatorVersion:
    """The draft becomes version 1 of a new indicator, which holds for all years, or the next version of one, which
    holds from `starts_on` on. From then on the definition is public, and is never changed.

    Publishing again returns the same version. Refused: what `save_draft` refuses; for a further version: a day that is
    past or not after the start of the newest, no word on what has changed, nothing changed.
    """
    draft = IndicatorDraft.objects.select_for_update(of=("self",)).select_related("indicator", "owner").get(pk=draft.pk)
    if draft.published_as is not None:
        return draft.published_as
    _refuse_wrong(draft)
    with stored_words():
        head = draft.indicator
        if head is None:
            version = _first(draft, by, at)
        else:
            version = _next(draft, Indicator.objects.select_for_update().get(pk=head.pk), starts_on, by, at)
    draft.indicator, draft.published_as = version.indicator, version
    draft.save(update_fields=["indicator", "published_as"])
    return version


@transaction.atomic
def discard_draft(draft: IndicatorDraft, *, by: Person, at: dt.datetime) -> None:
    """A draft that comes to nothing goes; the trail keeps it. Refused: one that was published."""
    held = IndicatorDraft.objects.select_for_update().get(pk=draft.pk)
    if held.published_as_id is not None:
        raise DraftPublished(_("This draft has been published and stays beside its version."))
    held.delete()


@transaction.atomic
def retire_indicator(
    indicator: Indicator, *, owner: AdminUnit, ends_on: dt.date, reason: str, by: Person, at: dt.datetime
) -> None:
    """From `ends_on` on the indicator is not computed any more; what it said of earlier years can still be read.

    Refused: one of the five documents or of another unit, one that is retired already, no reason, a day that is past or
    not after the start of the newest version.
    """
    held = Indicator.objects.select_for_update().get(pk=indicator.pk)
    _refuse_not_ours(held, owner)
    newest = held.versions.order_by("-number").first()
    _refuse_day(ends_on, newest, at)
    if held.ends_on is not None:
        raise NotOurs(_("This indicator has been retired already."))
    if not reason.strip():
        raise ChangeNotTold(_("Say why it is not computed any more; everybody reads it."))
    held.ends_on, held.end_note, held.ended_by = ends_on, reason.strip(), by.pk
    held.save(update_fields=["ends_on", "end_note", "ended_by"])


def _first(draft: IndicatorDraft, by: Person, at: dt.datetime) -> IndicatorVersion:
    head = Indicator.objects.create(
        code=_free_code(draft.__dict__["short_name"]), ordinal=FIRST_ORDINAL, owner=draft.owner, **content_of(draft)
    )
    return IndicatorVersion.objects.create(
        indicator=head, number=1, published_at=at, published_by=by.pk, **content_of(draft)
    )


def _next(
    draft: IndicatorDraft, head: Indicator, starts_on: dt.date | None, by: Person, at: dt.datetime
) -> IndicatorVersion:
    _refuse_another(draft, head, draft.owner)
    newest = head.versions.order_by("-number").first()
    _refuse_day(starts_on, newest, at)
    if head.ends_on is not None:
        raise NotOurs(_("This indicator has been retired; make a new one."))
    if newest is not None and not changes(newest, draft):
        raise NothingChanged(_("The draft says what the newest version says, so there is nothing to publish."))
    if not draft.change_note:
        raise ChangeNotTold(_("Say what has changed and why; everybody reads it beside the new version."))
    version = IndicatorVersion.objects.create(
        indicator=head,
        number=head.version + 1,
        starts_on=starts_on,
        change_note=draft.change_note,
        published_at=at,
        published_by=by.pk,
        **content_of(draft),
    )
    content = content_of(draft)
    for name, value in content.items():
        setattr(head, name, value)
    head.version = version.number
    head.save(update_fields=[*content, "version"])
    return version


def _refuse_wrong(definition: Definition) -> None:
    if problem := problem_of(definition):
        raise DefinitionRefused(problem.sentence)


def _refuse_another(draft: IndicatorDraft, head: Indicator, owner: AdminUnit) -> None:
    _refuse_not_ours(head, owner)
    if _measured_as(draft) != _measured_as(head):
        raise KindChanged(_("Another kind or unit of measure makes another indicator: make a new one."))


def _measured_as(definition: Definition) -> tuple[str, str, bool]:
    """A share of a count is measured otherwise than the count itself, even where both are called by one unit."""
    return definition.kind, definition.__dict__["unit"], bool(definition.over)


def _refuse_not_ours(head: Indicator, owner: AdminUnit) -> None:
    if head.owner_id is None:
        raise NotOurs(_("Indicators of the programme's documents come with the program and are not changed on a page."))
    if head.owner_id != owner.pk:
        raise NotOurs(_("Only the unit that made an indicator changes it."))


def _refuse_day(day: dt.date | None, newest: IndicatorVersion | None, at: dt.datetime) -> None:
    if day is None:
        raise DayNotPossible(_("Say from which day on."))
    if day < timezone.localdate(at):
        raise DayNotPossible(_("It can hold from today on; what was computed for earlier days stays."))
    if newest is not None and newest.starts_on is not None and day <= newest.starts_on:
        raise DayNotPossible(
            _("The newest version holds from {day}; choose a later day.").format(day=day_short(newest.starts_on))
        )


def _stored(cohort: Cohort | None) -> Cohort | None:
    if cohort is None or not cohort._state.adding:
        return cohort
    return Cohort.objects.get_or_create(
        code=cohort.code,
        defaults={
            "name": cohort.__dict__["name"],
            "kind": cohort.kind,
            "classes": cohort.classes,
            "tier": cohort.tier,
            "urban": cohort.urban,
        },
    )[0]


def _free_code(short_name: str) -> str:
    code = re.sub("-+", "-", slugify(fold(short_name)))[:50].strip("-") or "chi-so"
    taken = set(Indicator.objects.filter(code__startswith=code).values_list("code", flat=True)) | RESERVED
    return next(each for each in [code, *(f"{code}-{n}" for n in range(2, 10_000))] if each not in taken)
