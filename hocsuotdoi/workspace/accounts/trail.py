"""The audit trail in words: a sentence for each change, the things and fields by the names people know them by."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Field, ForeignKey, Model, UUIDField
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.accounts.queries.audit import TrailEntry, tracked_by, tracked_kinds
from hocsuotdoi.core.templatetags.house import clock, day_short, number
from hocsuotdoi.places.models import AdminUnit, Agency, Institution

_LONGEST_VALUE = 120

# What a tracked model is called in a sentence; the rest go by their verbose name.
_KINDS = {
    "accounts.roleassignment": gettext_lazy("role"),
    "accounts.powerswitch": gettext_lazy("administrator's powers"),
    "activities.activity": gettext_lazy("activity"),
    "activities.enrolment": gettext_lazy("enrolment in a series"),
    "activities.registration": gettext_lazy("registration"),
    "activities.session": gettext_lazy("session"),
    "indicators.indicatordraft": gettext_lazy("draft of an indicator"),
    "indicators.population": gettext_lazy("population"),
    "places.agency": gettext_lazy("public body"),
    "places.agencyline": gettext_lazy("place in a line of command"),
    "places.closure": gettext_lazy("closure of an institution"),
    "places.equipment": gettext_lazy("equipment"),
    "places.institution": gettext_lazy("institution"),
    "places.institutionagency": gettext_lazy("agency that runs an institution"),
    "places.institutionplacement": gettext_lazy("place of an institution"),
    "places.institutionstatus": gettext_lazy("state of an institution"),
    "places.openinghours": gettext_lazy("opening hours"),
    "places.room": gettext_lazy("room"),
    "programme.clause": gettext_lazy("clause"),
    "programme.findinganswer": gettext_lazy("answer to a finding"),
    "programme.plan": gettext_lazy("plan"),
    "programme.target": gettext_lazy("target"),
    "programme.task": gettext_lazy("task"),
    "programme.taskagency": gettext_lazy("part of an agency in a task"),
    "reporting.report": gettext_lazy("report"),
    "inspection.checklist": gettext_lazy("checklist"),
    "inspection.inspectionplan": gettext_lazy("plan of inspection"),
    "inspection.visit": gettext_lazy("inspection visit"),
    "inspection.visitanswer": gettext_lazy("answer at a visit"),
    "inspection.visitfinding": gettext_lazy("finding of a visit"),
    "papers.paper": gettext_lazy("paper to read"),
    "places.holidaydecision": gettext_lazy("decision about a holiday"),
    "places.holidayopening": gettext_lazy("opening on a holiday"),
    "places.territoryreform": gettext_lazy("reform of the territory"),
    "programme.assignment": gettext_lazy("task of a body"),
    "programme.moneyline": gettext_lazy("line of money"),
    "reporting.cycle": gettext_lazy("reporting cycle"),
    "reporting.cyclereminder": gettext_lazy("reminder of a cycle"),
    "reporting.cyclerule": gettext_lazy("rule of a cycle"),
    "reporting.documentrun": gettext_lazy("documents of a cycle"),
    "reporting.documenttemplate": gettext_lazy("document template"),
    "reporting.nomination": gettext_lazy("nomination for commendation"),
    "reporting.typedtotal": gettext_lazy("total that was typed in"),
}
_FIELDS = {
    "starts_on": gettext_lazy("first day"),
    "ends_on": gettext_lazy("first day after the end"),
    "starts_at": gettext_lazy("start"),
    "ends_at": gettext_lazy("end"),
    "unit": gettext_lazy("unit"),
    "agency": gettext_lazy("agency"),
    "institution": gettext_lazy("institution"),
    "institution_class": gettext_lazy("class"),
    "person": gettext_lazy("person"),
    "role": gettext_lazy("role"),
    "state": pgettext_lazy("of an institution", "state"),
    "status": pgettext_lazy("of a plan or an activity", "state"),
    "low": gettext_lazy("figure"),
    "high": gettext_lazy("upper figure"),
    "year": gettext_lazy("year"),
    "operator": gettext_lazy("comparison"),
    "name": gettext_lazy("name"),
    "latitude": gettext_lazy("latitude"),
    "longitude": gettext_lazy("longitude"),
    "parent": gettext_lazy("what it belongs to"),
    "answers": gettext_lazy("answers"),
    "consent_at": gettext_lazy("consent"),
    "addressee": gettext_lazy("addressee"),
    "ended_for": gettext_lazy("reason of the end"),
    "superior": gettext_lazy("superior"),
    "allocated": gettext_lazy("allocated amount"),
    "allocation_act": pgettext_lazy("in the trail", "decision of allocation"),
    "appraised": gettext_lazy("appraised amount"),
    "approved": gettext_lazy("approved version"),
    "approved_at": gettext_lazy("approval"),
    "approved_by": gettext_lazy("who approved"),
    "above": gettext_lazy("bodies above"),
    "began_at": gettext_lazy("beginning"),
    "cancel_reason": gettext_lazy("reason of cancelling"),
    "causes": gettext_lazy("causes"),
    "change_note": gettext_lazy("what changed"),
    "changed_by": gettext_lazy("who changed it"),
    "checklist": gettext_lazy("checklist"),
    "chosen": gettext_lazy("how it was chosen"),
    "classes": gettext_lazy("classes"),
    "closed_at": gettext_lazy("closing"),
    "closed_by": gettext_lazy("who closed it"),
    "code": gettext_lazy("code"),
    "conclusion": gettext_lazy("conclusion"),
    "copies_to": gettext_lazy("who reads along"),
    "copy": gettext_lazy("copy"),
    "counted_until": gettext_lazy("counted until"),
    "cycle": gettext_lazy("cycle"),
    "day": gettext_lazy("day"),
    "days": gettext_lazy("days"),
    "decision": gettext_lazy("decision"),
    "demand": gettext_lazy("demand"),
    "denominator": gettext_lazy("denominator"),
    "detail": gettext_lazy("how fine"),
    "difficulties": pgettext_lazy("in the trail", "difficulties"),
    "done_on": gettext_lazy("day it was done"),
    "due_on": gettext_lazy("due day"),
    "estimated": gettext_lazy("estimated amount"),
    "estimated_by": gettext_lazy("who estimated"),
    "estimated_at": gettext_lazy("time of the estimate"),
    "appraised_by": gettext_lazy("who appraised"),
    "appraised_at": gettext_lazy("time of the appraisal"),
    "evidence": gettext_lazy("evidence"),
    "file_name": gettext_lazy("file name"),
    "form": gettext_lazy("form"),
    "formats": gettext_lazy("kinds of files"),
    "gaps": gettext_lazy("gaps"),
    "goes_to": gettext_lazy("where it goes"),
    "handed_by": gettext_lazy("who handed it down"),
    "handed_at": gettext_lazy("time of handing down"),
    "handed_down_from": gettext_lazy("task above"),
    "indicator": pgettext_lazy("in the trail", "figure"),
    "is_holiday": gettext_lazy("is a holiday"),
    "is_public": gettext_lazy("is public"),
    "issued_on": gettext_lazy("day of issue"),
    "issuer": gettext_lazy("issuer"),
    "item": gettext_lazy("question"),
    "key": gettext_lazy("which figure"),
    "kind": pgettext_lazy("in the trail", "kind"),
    "legal_act": gettext_lazy("legal act"),
    "letter": gettext_lazy("letter"),
    "line": gettext_lazy("line of command"),
    "map_on": gettext_lazy("day of the map"),
    "merits": gettext_lazy("merits"),
    "met": gettext_lazy("who spoke for the institution"),
    "minutes_number": gettext_lazy("number of the minutes"),
    "must_read": gettext_lazy("must be read"),
    "nominated_agency": gettext_lazy("nominated body"),
    "nominee_kind": gettext_lazy("who is nominated"),
    "number": pgettext_lazy("in the trail", "number"),
    "numerator": gettext_lazy("numerator"),
    "opened_at": gettext_lazy("opening"),
    "opening_ordered_at": gettext_lazy("order to open"),
    "opening_ordered_by": gettext_lazy("who ordered the opening"),
    "opens_on": gettext_lazy("opening day"),
    "opinion": pgettext_lazy("in the trail", "opinion of the institution"),
    "ordinal": gettext_lazy("order"),
    "origin": gettext_lazy("origin"),
    "owner": gettext_lazy("owner"),
    "part": gettext_lazy("part in it"),
    "percent": gettext_lazy("per cent done"),
    "person_name": gettext_lazy("name of the person"),
    "person_post": gettext_lazy("post of the person"),
    "plan": gettext_lazy("plan"),
    "planned_on": gettext_lazy("planned day"),
    "proposals": pgettext_lazy("in the trail", "proposals"),
    "purpose": pgettext_lazy("in the trail", "purpose"),
    "read_by": pgettext_lazy("in the trail", "to be read by"),
    "remark": gettext_lazy("remark"),
    "replaces": gettext_lazy("what it replaces"),
    "report": gettext_lazy("report"),
    "reporter_kind": gettext_lazy("reporting bodies"),
    "reporter_tier": gettext_lazy("reporting tier"),
    "results": gettext_lazy("results"),
    "retired_at": gettext_lazy("retirement"),
    "published_at": gettext_lazy("publication"),
    "rules": gettext_lazy("rules"),
    "sections": gettext_lazy("sections"),
    "seen": pgettext_lazy("in the trail", "what was seen"),
    "seen_at": gettext_lazy("time of seeing"),
    "seen_by": gettext_lazy("who saw it"),
    "sender": gettext_lazy("sender"),
    "sent_at": gettext_lazy("sending"),
    "sent_by": gettext_lazy("who sent it"),
    "severity": gettext_lazy("severity"),
    "source": gettext_lazy("source"),
    "source_name": gettext_lazy("name of the source"),
    "spent": gettext_lazy("spent amount"),
    "stopped_at": gettext_lazy("stopping"),
    "submitted": gettext_lazy("submitted version"),
    "submitted_at": gettext_lazy("submission"),
    "submitted_by": gettext_lazy("who submitted"),
    "summary": gettext_lazy("summary"),
    "task": gettext_lazy("task"),
    "team": gettext_lazy("team"),
    "text": gettext_lazy("text"),
    "title": pgettext_lazy("in the trail", "title"),
    "to": gettext_lazy("where it goes"),
    "to_agency": gettext_lazy("receiving body"),
    "to_classes": gettext_lazy("classes that receive it"),
    "to_kind": gettext_lazy("kind of receiving body"),
    "to_kinds": gettext_lazy("kinds of bodies that receive it"),
    "to_tiers": gettext_lazy("tiers that receive it"),
    "visit": gettext_lazy("visit"),
    "withdrawn_for": gettext_lazy("reason of withdrawal"),
    "words": pgettext_lazy("in the trail", "words"),
    "asked_by": gettext_lazy("who asked"),
    "asked_at": gettext_lazy("asking"),
    "made_by": gettext_lazy("who made it"),
    "made_at": gettext_lazy("making"),
    "uploaded_by": gettext_lazy("who uploaded it"),
    "uploaded_at": gettext_lazy("upload"),
    "typed_by": gettext_lazy("who typed it"),
    "typed_at": gettext_lazy("typing"),
    "media_type": gettext_lazy("type of file"),
    "size": gettext_lazy("size"),
    "digest": gettext_lazy("digest"),
    "placeholders": gettext_lazy("placeholders"),
}
# Derived from other fields, or our own keys: nobody needs to read them.
_UNSPOKEN = {
    *("id", "sort_key", "search_text", "version", "given_at", "created_at", "changed_at", "changed_fields"),
    *("places_taken", "kept_by_hand"),
}


@dataclass(frozen=True)
class Line:
    at: dt.datetime
    who: str
    what: str
    changes: list[tuple[str, str, str]]  # field, before, after
    act: str
    trail_of: str  # what `?thing=` takes
    kind: str = ""
    number: int = 1


def kinds_of_public_acts() -> list[str]:
    """Plans, targets, roles, institutions and what belongs to them; the daily work (activities, sessions) left out."""
    return [label for label in tracked_kinds() if not label.startswith("activities.")]


def kind_choices() -> list[tuple[str, str]]:
    """Every kind of thing whose changes are kept, by its name."""
    return sorted(
        ((label, capfirst(_kind(tracked_by(event)))) for label, event in tracked_kinds().items()),
        key=lambda pair: pair[1],
    )


def lines(entries: Iterable[TrailEntry]) -> list[Line]:
    """A readable line for each change; one that touched only derived fields is left out."""
    said = [_line(entry) for entry in entries]
    return [line for line in said if line is not None]


def _line(entry: TrailEntry) -> Line | None:
    changes = [] if entry.number > 1 else _changes(entry)
    if entry.act == "update" and not changes and not _fields_alone(entry) and entry.number == 1:
        return None
    nobody = (
        _("Somebody with the code") if _fields_alone(entry) else _("The program, or somebody in the database itself")
    )
    return Line(
        at=entry.at,
        who=str(entry.person) if entry.person else nobody,
        what=_sentence(entry),
        changes=changes,
        act=entry.act,
        trail_of=f"{entry.kind._meta.label_lower}:{entry.thing.pk}",
        kind=entry.kind._meta.label_lower,
        number=entry.number,
    )


def _changes(entry: TrailEntry) -> list[tuple[str, str, str]]:
    return [
        (_field(change.field), spoken(change.before, change.field), spoken(change.after, change.field))
        for change in entry.changes
        if change.field.name not in _UNSPOKEN and not names_who_did_it(change.field)
    ]


def names_who_did_it(field: Field) -> bool:
    """Fields with a person's id: the line begins with who it was, and an id says nothing to people."""
    return isinstance(field, UUIDField) and (field.name == "by" or field.name.endswith("_by"))


def _sentence(entry: TrailEntry) -> str:
    if entry.number > 1:
        patterns = {
            "insert": _("entered {number} at once: {kind}"),
            "update": _("changed {number} at once: {kind}"),
            "delete": _("removed {number} at once: {kind}"),
        }
        return patterns[entry.act].format(number=number(entry.number), kind=_kind(entry.kind))
    if entry.kind is RoleAssignment:
        return _role_sentence(entry)
    if fields := _fields_alone(entry):
        return _("changed {fields}: {thing}").format(fields=", ".join(fields), thing=name_of(entry))
    patterns = {
        "insert": _("entered: {thing}"),
        "update": _("changed: {thing}"),
        "delete": _("removed: {thing}"),
    }
    return patterns[entry.act].format(thing=name_of(entry))


def _fields_alone(entry: TrailEntry) -> list[str]:
    """What was changed, where the trail keeps the fields' names but, for the sake of the people, not their words."""
    names = {field.name: field for field in entry.kind._meta.concrete_fields}
    return [
        _field(names[name]) if name in names else _("list of names")
        for name in getattr(entry.thing, "changed_fields", ())
    ]


def _role_sentence(entry: TrailEntry) -> str:
    place = next((entry.links[name] for name in ("unit", "agency", "institution") if name in entry.links), "–")
    patterns = {
        "insert": _("gave {person} the role “{role}” at {place}"),
        "update": _("changed the role “{role}” of {person} at {place}"),
        "delete": _("took back the role “{role}” of {person} at {place}"),
    }
    role = RoleName(entry.thing.role).label
    return patterns[entry.act].format(person=entry.links.get("person", "–"), role=role, place=place)


def name_of(entry: TrailEntry) -> str:
    """«phòng “Phòng đọc”, Thư viện phường Bắc Kạn»: the kind, the thing's own name, what it belongs to."""
    own = _own_name(entry.thing)
    belongs = [_name_of_link(link) for link in entry.links.values() if _is_owner(entry.kind, link)]
    return ", ".join([f"{_kind(entry.kind)} “{own}”" if own else _kind(entry.kind), *belongs])


def _name_of_link(link: Model) -> str:
    """A thing's name, cut where it is a sentence; its kind where it has none."""
    if type(link).__str__ is Model.__str__:
        return _kind(type(link))
    return Truncator(str(link)).chars(_LONGEST_VALUE)


def _own_name(thing: Model) -> str:
    for name in ("name", "number", "title", "path", "heading", "written", "text", "reason"):
        value = thing.__dict__.get(name)
        if isinstance(value, str) and value:
            return Truncator(value).chars(_LONGEST_VALUE)
    if "year" in thing.__dict__:
        return str(thing.__dict__["year"])
    return ""


def _is_owner(kind: type[Model], link: Model) -> bool:
    if isinstance(link, Person) or type(link) is kind:
        return False
    if isinstance(link, Institution):
        return True
    return isinstance(link, AdminUnit | Agency) or link._meta.label_lower in tracked_kinds()


def _kind(model: type[Model]) -> str:
    return str(_KINDS.get(model._meta.label_lower, model._meta.verbose_name))


def _field(field: Field) -> str:
    return str(_FIELDS.get(field.name, field.verbose_name))


def spoken(value: Any, field: Field) -> str:
    """A value as people write it: «trống» for nothing, days and moments in our order, long texts cut."""
    if value is None or value == "" or value == []:
        return _("empty")
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, dt.datetime):
        return f"{clock(value)} {day_short(value)}"
    if isinstance(value, dt.date):
        return day_short(value)
    if isinstance(value, list):
        labels = dict(getattr(getattr(field, "base_field", None), "choices", None) or [])
        said = (_several(each) if isinstance(each, dict) else str(labels.get(each, each)) for each in value)
        return Truncator(", ".join(said)).chars(_LONGEST_VALUE)
    if isinstance(value, dict):
        return Truncator(_several(value)).chars(_LONGEST_VALUE)
    if isinstance(field, ForeignKey) and not isinstance(value, Model):
        return _("something that is gone")
    if isinstance(value, Model):
        return _name_of_link(value)
    if label := dict(field.flatchoices).get(value):
        return str(label)
    return Truncator(str(value)).chars(_LONGEST_VALUE)


def _several(value: dict[str, Any]) -> str:
    """What a row keeps as one piece: the words for people where it holds some, else what it holds, without its kind."""
    if words := value.get("words"):
        return str(words)
    parts = (
        ", ".join(str(each) for each in part) if isinstance(part, list) else str(part)
        for name, part in value.items()
        if name != "what" and part not in (None, "", [], {})
    )
    return "; ".join(parts)
