"""A definition as people read it: what is counted of whom, in words, field by field."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.indicators.enums import Direction, IndicatorKind
from hocsuotdoi.indicators.models import Cohort, Criterion, Definition, Measure
from hocsuotdoi.indicators.queries.definitions import Change, content_of
from hocsuotdoi.ledger.enums import AgeBand, Channel, Purpose, Sex

LABELS: dict[str, Any] = {
    "name": gettext_lazy("name in full"),
    "short_name": gettext_lazy("short name"),
    "definition": gettext_lazy("definition"),
    "numerator": gettext_lazy("numerator"),
    "denominator": gettext_lazy("denominator"),
    "unit": gettext_lazy("unit of measure"),
    "source": gettext_lazy("source"),
    "legal_basis": gettext_lazy("legal basis"),
    "kind": gettext_lazy("kind of figure"),
    "direction": gettext_lazy("direction"),
    "measures": gettext_lazy("what is counted"),
    "over": gettext_lazy("as a share of"),
    "purposes": gettext_lazy("only for these purposes"),
    "age_bands": gettext_lazy("only of these ages"),
    "sexes": gettext_lazy("only of this sex"),
    "channels": gettext_lazy("only in these ways"),
    "tags": gettext_lazy("only with these marks"),
    "criterion": gettext_lazy("criterion that must be met"),
    "at_least": gettext_lazy("at least so many"),
    "base_year": gettext_lazy("base year"),
    "cohort_id": gettext_lazy("of whom"),
}
_CHOICES: dict[str, Any] = {
    "kind": IndicatorKind,
    "direction": Direction,
    "purposes": Purpose,
    "age_bands": AgeBand,
    "sexes": Sex,
    "channels": Channel,
}


@dataclass(frozen=True, slots=True)
class ShownChange:
    label: str
    before: str
    after: str


def described(definition: Definition) -> list[tuple[str, str]]:
    """Every field that says something, with its label, in the order of reading. At most three queries."""
    content = content_of(definition)
    if not content["criterion"] and not (content["measures"] and content["at_least"] != 1):
        content.pop("at_least")
    words = _Words(content.items())
    return [
        (capfirst(str(label)), shown) for name, label in LABELS.items() if (shown := words.of(name, content.get(name)))
    ]


def described_changes(changes: Sequence[Change]) -> list[ShownChange]:
    """At most three queries."""
    words = _Words([(each.field, value) for each in changes for value in (each.before, each.after)])
    nothing = _("nothing")
    return [
        ShownChange(
            capfirst(str(LABELS[each.field])),
            words.of(each.field, each.before) or nothing,
            words.of(each.field, each.after) or nothing,
        )
        for each in changes
    ]


class _Words:
    """Values of fields in words; the names of what they point at are loaded together."""

    def __init__(self, values: Iterable[tuple[str, Any]]) -> None:
        rows = list(values)
        measures = {code for name, value in rows if name in ("measures", "over") for code in value}
        self.measures = Measure.objects.in_bulk(measures) if measures else {}
        cohorts = {value for name, value in rows if name == "cohort_id" and value}
        self.cohorts = Cohort.objects.in_bulk(cohorts) if cohorts else {}
        criteria = {value.partition("/")[2] for name, value in rows if name == "criterion" and value}
        self.criteria: dict[str, str] = {}
        for each in Criterion.objects.filter(code__in=criteria).select_related("criteria_set") if criteria else []:
            self.criteria.setdefault(f"{each.criteria_set.indicator_id}/{each.code}", each.question)

    def of(self, name: str, value: Any) -> str:
        if value in (None, "", []):
            return ""
        if name in ("measures", "over"):
            return ", ".join(self.measures[code].name if code in self.measures else code for code in value)
        if name == "cohort_id":
            return self.cohorts[value].name if value in self.cohorts else str(value)
        if name == "criterion":
            return self.criteria.get(value, value)
        if name in _CHOICES:
            one = [value] if isinstance(value, str) else value
            return ", ".join(str(_CHOICES[name](each).label) for each in one)
        return ", ".join(value) if isinstance(value, list) else str(value)
