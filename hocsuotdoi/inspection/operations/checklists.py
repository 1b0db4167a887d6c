"""Checklists: the proposals that come with the program, and a body's own in place of them."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.inspection.enums import ItemKind
from hocsuotdoi.inspection.models import Checklist, ChecklistItem
from hocsuotdoi.places.models import Agency

DATA = Path(__file__).resolve().parent.parent / "data" / "checklists.yaml"
MOST_ITEMS = 80
_KINDS = {"?": ItemKind.YES_NO, "#": ItemKind.NUMBER, "…": ItemKind.WORDS}
_MARKS = {kind: mark for mark, kind in _KINDS.items()}


class BadChecklist(Refused):
    """The checklist cannot be published that way."""


@transaction.atomic
def load_checklists(*, at: dt.datetime, progress: Callable[[str], Any] = print) -> None:
    """Publishes the proposals that are not there yet; an older version of the same is retired, and visits keep it."""
    for row in read_yaml(DATA):
        if Checklist.objects.filter(code=row["code"], version=row["version"]).exists():
            continue
        Checklist.objects.filter(code=row["code"], owner=None, retired_at=None).update(retired_at=at)
        checklist = Checklist.objects.create(
            code=row["code"], version=row["version"], title=row["title"], classes=row["classes"], source=row["source"]
        )
        items = [(part["heading"], item) for part in row["parts"] for item in part["items"]]
        ChecklistItem.objects.bulk_create(
            _item(checklist, ordinal, heading, item) for ordinal, (heading, item) in enumerate(items, start=1)
        )
        checklist.published_at = at
        checklist.save(update_fields=["published_at"])
        progress(checklist.title)


def _item(checklist: Checklist, ordinal: int, heading: str, row: dict[str, Any]) -> ChecklistItem:
    indicator, _slash, criterion = row.get("criterion", "").partition("/")
    return ChecklistItem(
        checklist=checklist,
        ordinal=ordinal,
        heading=heading,
        question=row["question"],
        guide=row.get("guide", ""),
        kind=row.get("kind", ItemKind.YES_NO),
        source=row["source"],
        indicator_code=indicator,
        criterion_code=criterion,
    )


@transaction.atomic
def publish_own(
    base: Checklist, owner: Agency, *, title: str, source: str, text: str, by: Person, at: dt.datetime
) -> Checklist:
    """A body's own list in place of `base`, for the same classes: written as text (`as_text`), published at once. Its
    version before is retired; visits that were planned with that keep it.

    Refused: no title, no question, too many, a line that cannot be read, and the second of two who publish at once.
    Questions that stay word for word keep their guide, legal basis and criterion.
    """
    title = " ".join(normalise(title).split())
    if not title:
        raise BadChecklist(_("Give the checklist a title."), field="title")
    known = {item.question: item for item in base.items.all()}
    items = _read(text, known)
    code = f"{base.code.partition('--')[0]}--{owner.code}"[:60]
    before = Checklist.objects.select_for_update().filter(code=code).order_by("-version").first()
    Checklist.objects.filter(code=code, retired_at=None).update(retired_at=at)
    try:
        with transaction.atomic():
            made = Checklist.objects.create(
                code=code,
                version=before.version + 1 if before else 1,
                title=title[:200],
                classes=base.classes,
                owner=owner,
                source=" ".join(normalise(source).split())[:300],
            )
    except IntegrityError:
        raise BadChecklist(
            _("Somebody has just published a list of this body. Look at it, then begin with its words.")
        ) from None
    for ordinal, item in enumerate(items, start=1):
        item.checklist, item.ordinal = made, ordinal
    ChecklistItem.objects.bulk_create(items)
    made.published_at = at
    made.save(update_fields=["published_at"])
    return made


@transaction.atomic
def retire_own(checklist: Checklist, *, by: Person, at: dt.datetime) -> None:
    """From then on the proposal serves again. Refused: the proposal itself."""
    if checklist.owner_id is None:
        raise BadChecklist(_("The proposal stays: publish a list of your own in its place."))
    if checklist.retired_at is None:
        checklist.retired_at = at
        checklist.save(update_fields=["retired_at"])


def as_text(items: Sequence[ChecklistItem]) -> str:
    """One line for each question, “? …” for yes or no, “# …” for a number, “… …” for words; “== …” begins a part."""
    lines: list[str] = []
    heading = None
    for item in items:
        if item.heading != heading:
            lines += ([""] if lines else []) + [f"== {item.heading}"]
            heading = item.heading
        lines.append(f"{_MARKS[ItemKind(item.kind)]} {item.question}")
    return "\n".join(lines)


def _read(text: str, known: dict[str, ChecklistItem]) -> list[ChecklistItem]:
    items: list[ChecklistItem] = []
    heading = ""
    for number, raw in enumerate(normalise(text).splitlines(), start=1):
        line = " ".join(raw.split())
        if not line:
            continue
        if part := re.fullmatch(r"==\s*(.+)", line):
            heading = part[1][:200]
            continue
        question = re.fullmatch(r"(\?|#|…|\.\.\.)\s*(.+)", line)
        if question is None:
            raise BadChecklist(
                _("Line {number} begins with none of the signs “==”, “?”, “#”, “…”.").format(number=number),
                field="text",
            )
        words, old = question[2], known.get(question[2])
        items.append(
            ChecklistItem(
                heading=heading,
                question=words,
                kind=_KINDS["…" if question[1] == "..." else question[1]],
                guide=old.guide if old else "",
                source=old.source if old else "",
                indicator_code=old.indicator_code if old else "",
                criterion_code=old.criterion_code if old else "",
            )
        )
    if not items:
        raise BadChecklist(_("Write at least one question."), field="text")
    if len(items) > MOST_ITEMS:
        raise BadChecklist(
            _("At most {number} questions: a visit takes a morning.").format(number=MOST_ITEMS), field="text"
        )
    return items
