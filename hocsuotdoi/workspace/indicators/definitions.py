"""Indicators made by provinces and the Ministry: drafts, a look at real data, publishing, further versions, the end."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import units_covered
from hocsuotdoi.accounts.surfaces import require, requires
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.models import Definition, Indicator, IndicatorDraft
from hocsuotdoi.indicators.operations.drafts import (
    OWNING_TIERS,
    discard_draft,
    publish_draft,
    retire_indicator,
    save_draft,
)
from hocsuotdoi.indicators.queries.definitions import changes
from hocsuotdoi.indicators.queries.open_data import note_of, parts_of
from hocsuotdoi.indicators.queries.preview import preview
from hocsuotdoi.indicators.queries.results import IndicatorValue
from hocsuotdoi.indicators.queries.shown import described, described_changes
from hocsuotdoi.indicators.queries.words import coverage_words, value_words
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.places.queries.units import children_of, country
from hocsuotdoi.workspace.acts import refusals_in
from hocsuotdoi.workspace.indicators.definition_forms import DefinitionForm, PublishForm, RetireForm, initial_of

PREVIEW, SAVE = "preview", "save"


@dataclass(frozen=True, slots=True)
class Look:
    """A figure of the preview in words, and what of it may be told: planners, too, see no few people."""

    name: str
    words: str
    coverage: str
    note: str
    numerator: int | None
    denominator: int | None


@require_GET
@requires(Permission.DEFINE_INDICATOR)
def definition_list(request: HttpRequest) -> HttpResponse:
    """Drafts of one's own units, and what they have published."""
    owners = _owners(request)
    drafts = IndicatorDraft.objects.visible_to(request.user).filter(published_as=None)
    return render(
        request,
        "workspace/indicators/definition_list.html",
        {
            "drafts": drafts.select_related("owner", "indicator"),
            "indicators": Indicator.objects.filter(owner__in=owners).select_related("owner"),
            "may_make": bool(owners),
        },
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEFINE_INDICATOR)
def definition_new(request: HttpRequest) -> HttpResponse:
    return _edit(request, draft=None, indicator=None)


@require_http_methods(["GET", "POST"])
@requires(Permission.DEFINE_INDICATOR)
def definition_next(request: HttpRequest, code: str) -> HttpResponse:
    """The next version of an indicator, beginning with what the newest says."""
    return _edit(request, draft=None, indicator=_indicator(request, code))


@require_http_methods(["GET", "POST"])
@requires(Permission.DEFINE_INDICATOR)
def draft_edit(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    if draft.published_as is not None:
        return redirect(
            "portal:indicators-version", code=draft.published_as.indicator_id, number=draft.published_as.number
        )
    return _edit(request, draft=draft, indicator=draft.indicator)


@require_http_methods(["GET", "POST"])
@requires(Permission.DEFINE_INDICATOR)
def draft_publish(request: HttpRequest, pk: int) -> HttpResponse:
    """The definition as everybody will read it, what changes, and the day from which it holds."""
    draft, now = _draft(request, pk), timezone.now()
    today = timezone.localdate(now)
    is_first = draft.indicator is None
    form = PublishForm(
        request.POST if request.method == "POST" else None,
        is_first=is_first,
        initial={"starts_on": dt.date(today.year + 1, 1, 1)},
    )
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            version = publish_draft(draft, starts_on=form.cleaned_data.get("starts_on"), by=request.user, at=now)
            messages.success(request, _("Published. Everybody can read the definition and its values now."))
            return redirect("portal:indicators-version", code=version.indicator_id, number=version.number)
    newest = draft.indicator.versions.select_related("cohort").last() if draft.indicator else None
    return render(
        request,
        "workspace/indicators/draft_publish.html",
        {
            "draft": draft,
            "form": form,
            "facts": described(draft),
            "changes": described_changes(changes(newest, draft)) if newest else [],
            "is_first": is_first,
            "path": [*_path(), (draft.short_name, reverse("workspace:indicators-draft-edit", args=[draft.pk]))],
        },
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "POST"])
@requires(Permission.DEFINE_INDICATOR)
def draft_discard(request: HttpRequest, pk: int) -> HttpResponse:
    draft = _draft(request, pk)
    if request.method == "POST":
        try:
            discard_draft(draft, by=request.user, at=timezone.now())
        except Refused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The draft was thrown away."))
        return redirect("workspace:indicators-definition-list")
    return render(request, "workspace/indicators/draft_discard.html", {"draft": draft, "path": _path()})


@require_http_methods(["GET", "POST"])
@requires(Permission.DEFINE_INDICATOR)
def definition_retire(request: HttpRequest, code: str) -> HttpResponse:
    indicator, now = _indicator(request, code), timezone.now()
    form = RetireForm(request.POST or None, initial={"ends_on": timezone.localdate(now)})
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            retire_indicator(indicator, owner=indicator.owner, **form.cleaned_data, by=request.user, at=now)
            messages.success(request, _("The indicator ends on that day; earlier years can still be read."))
            return redirect("workspace:indicators-definition-list")
    return render(
        request,
        "workspace/indicators/definition_retire.html",
        {"indicator": indicator, "form": form, "path": _path()},
        status=422 if form.errors else 200,
    )


def _edit(request: HttpRequest, *, draft: IndicatorDraft | None, indicator: Indicator | None) -> HttpResponse:
    """Look at it (nothing is written) or save it."""
    now = timezone.now()
    owners = _owners(request)
    if not owners:
        raise PermissionDenied
    act = request.POST.get("act", "") if request.method == "POST" else ""
    start: Definition | None = draft or indicator
    owner = draft.owner if draft else indicator.owner if indicator else owners[0]
    initial: dict[str, Any] = {"owner": owner.code, "look_unit": owner.code}
    if start is not None:
        initial |= initial_of(start)
    if draft is not None:
        initial["change_note"] = draft.change_note
    form = DefinitionForm(
        request.POST or (initial if start is not None else None),
        owners=owners,
        looks=_looks(owners, timezone.localdate(now)),
        today=timezone.localdate(now),
        words_needed=act == SAVE,
        is_next=indicator is not None,
        initial=initial,
    )
    is_valid = form.is_bound and form.is_valid()
    if act == SAVE and is_valid:
        saved = _save(request, form, draft, indicator, now)
        if saved is not None:
            messages.success(request, _("The draft was saved. Nobody else sees it until it is published."))
            return redirect("workspace:indicators-draft-edit", pk=saved.pk)
    look = _look(form, timezone.localdate(now)) if is_valid and not form.errors else None
    response = render(
        request,
        "workspace/indicators/definition_edit.html",
        {
            "form": form,
            "draft": draft,
            "indicator": indicator,
            "look": look,
            "path": _path(),
        },
        status=422 if form.errors else 200,
    )
    if form.errors and request.headers.get("HX-Request"):
        # What is wrong stands outside of the look that htmx would put in its place, and it takes no page with an error.
        response.status_code = 200
        response["HX-Retarget"] = response["HX-Reselect"] = "main"
    return response


def _save(
    request: HttpRequest,
    form: DefinitionForm,
    draft: IndicatorDraft | None,
    indicator: Indicator | None,
    now: dt.datetime,
) -> IndicatorDraft | None:
    owner = form.owners[form.cleaned_data["owner"]]
    require(request.user, Permission.DEFINE_INDICATOR, owner)
    try:
        return save_draft(
            draft,
            content=form.content(),
            cohort=form.cohort,
            owner=owner,
            indicator=indicator,
            change_note=form.cleaned_data.get("change_note") or "",
            by=request.user,
            at=now,
        )
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None


def _look(form: DefinitionForm, today: dt.date) -> dict[str, Any]:
    """The preview, in words."""
    indicator, (unit, year) = form.indicator(), form.look
    found = preview(indicator, form.cohort, unit, year, today)

    def shown(value: IndicatorValue, name: str) -> Look:
        return Look(
            name,
            value_words(value, indicator),
            coverage_words(value, indicator, form.cohort),
            note_of(value, indicator),
            *parts_of(value, indicator),
        )

    return {
        "unit": unit,
        "year": year,
        "cohort": form.cohort,
        "value": shown(found.value, unit.name),
        "children": [shown(each, each.unit.name) for each in found.children],
        "earlier": [shown(each, str(each.year)) for each in found.earlier],
    }


def _owners(request: HttpRequest) -> list[AdminUnit]:
    """Units at which the person may define: the Ministry's country and provinces, the country first."""
    covered = units_covered(request.user, Permission.DEFINE_INDICATOR).filter(tier__in=OWNING_TIERS, ends_on=None)
    return sorted(covered, key=lambda unit: (unit.tier != Tier.COUNTRY, unit.sort_key))


def _looks(owners: list[AdminUnit], today: dt.date) -> list[AdminUnit]:
    """Where one may look: everything is public, so the country, one's units and what lies right below the first."""
    found = [*owners[:1], *([] if owners[0].tier == Tier.COUNTRY else [country()])]
    found += [each for each in children_of(owners[0], today) if each not in found]
    return found


def _draft(request: HttpRequest, pk: int) -> IndicatorDraft:
    drafts = IndicatorDraft.objects.visible_to(request.user).select_related(
        "indicator__owner", "owner", "cohort", "published_as"
    )
    return get_object_or_404(drafts, pk=pk)


def _indicator(request: HttpRequest, code: str) -> Indicator:
    """Public, so an unknown one is 404; those of documents or of other units are not changed here."""
    indicator = get_object_or_404(Indicator.objects.select_related("owner", "cohort"), code=code)
    if indicator.owner is None:
        raise PermissionDenied
    require(request.user, Permission.DEFINE_INDICATOR, indicator.owner)
    return indicator


def _path() -> list[tuple[str, str]]:
    return [(_("Indicators of our own"), reverse("workspace:indicators-definition-list"))]
