"""What others did at a visit that a phone had not seen when it sent something: said by name, so that its person can
look at it."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import moment as moment_words
from hocsuotdoi.inspection.models import Visit
from hocsuotdoi.inspection.queries.visits import people_named


@dataclass(frozen=True, slots=True)
class Shown:
    """Findings and answers that somebody has seen, by key, with the moment of their newest words."""

    findings: Mapping[uuid.UUID, dt.datetime]
    answers: Mapping[int, dt.datetime]


_LONGEST = 80
_MOST = 12


def changes_since(
    visit: Visit, *, findings: Mapping[uuid.UUID, dt.datetime], answers: Mapping[int, dt.datetime], by: uuid.UUID
) -> list[str]:
    """`findings` and `answers`: what is known, by key, with the moment of its newest words. What `by` wrote itself,
    from another phone, is no news. Three queries."""
    said: list[tuple[uuid.UUID | None, dt.datetime | None, str]] = []
    found = list(visit.findings.order_by("noted_at", "pk"))
    for each in found:
        if findings.get(each.pk) == each.noted_at or each.noted_by == by:
            continue
        words = _("{name} changed a finding, {time}: “{text}”") if each.pk in findings else ""
        words = words or _("{name} added a finding, {time}: “{text}”")
        said.append((each.noted_by, each.noted_at, words.replace("{text}", _short(each.text))))
    gone = set(findings) - {each.pk for each in found}
    for answer in visit.answers.select_related("item").order_by("seen_at", "pk"):
        known = answers.get(answer.item_id)
        if answer.seen_by != by and (known is None or answer.seen_at > known):
            words = _("{name} answered, {time}: “{text}”").replace("{text}", _short(answer.item.question))
            said.append((answer.seen_by, answer.seen_at, words))
    names = people_named([person for person, _moment, _words in said if person])
    sentences = [
        words.format(name=names.get(person, "") if person else "", time=moment_words(moment) if moment else "")
        for person, moment, words in said[:_MOST]
    ]
    if gone:
        sentences.append(_("Findings that your phone still has were taken out: {number}").format(number=len(gone)))
    if len(said) > _MOST:
        sentences.append(_("… and {number} more.").format(number=len(said) - _MOST))
    return sentences


def _short(text: str) -> str:
    line = " ".join(text.split()).replace("{", "(").replace("}", ")")
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}…"
