"""Checklists: the proposals that come with the program, and a body's own in place of them."""

import datetime as dt
import re
from collections.abc import Callable
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
from hocsuotdoi.inspection.queries.checklists import KINDS, own_code
from hocsuotdoi.places.models import Agency

DATA = Path(__file__).resolve().parent.parent / "data" / "checklists.yaml"
MOST_ITEMS = 80


class BadChecklist(Refused):
    """The checklist cannot be published that way."""


class ListChanged(BadChecklist):
    """Somebody else has published a list of the body, or retired it, since this person looked."""


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
    base: Checklist,
    owner: Agency,
    *,
    title: str,
    source: str,
    text: str,
    by: Person,
    at: dt.datetime,
    over: int | None = None,
) -> Checklist:
    """A body's own list in place of `base`, for the same classes: written as text (`queries.checklists.as_text`),
    published at once. Its version before is retired; visits that were planned with that keep it. `over`: the version of
    it that the person has seen (0: none was in use; None: takes the place of whatever stands).

    Refused: no title, no question, too many, a line that cannot be read, and the second of two who publish, at once or
    since the person looked (`ListChanged`). Questions that stay word for word keep their guide, legal basis and
    criterion.
    """
    title = " ".join(normalise(title).split())
    if not title:
        raise BadChecklist(_("Give the checklist a title."), field="title")
    code = own_code(base, owner)
    before = Checklist.objects.select_for_update().filter(code=code).order_by("-version").first()
    stands = before if before and before.retired_at is None else None
    known = {item.question: item for each in (stands, base) if each for item in each.items.all()}
    items = _read(text, known)
    if over is not None and over != (stands.version if stands else 0):
        raise ListChanged(_what_became_of(stands))
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
    """From then on the proposal serves again. Refused: the proposal itself, and a version in whose place a newer one
    has come meanwhile."""
    if checklist.owner_id is None:
        raise BadChecklist(_("The proposal stays: publish a list of your own in its place."))
    row = Checklist.objects.select_for_update().get(pk=checklist.pk)
    if row.retired_at is not None and Checklist.objects.filter(code=row.code, retired_at=None).exists():
        raise ListChanged(_("A newer version has come in place of this one. Look at that first."))
    if row.retired_at is None:
        row.retired_at = at
        row.save(update_fields=["retired_at"])
    checklist.retired_at = row.retired_at


def _what_became_of(stands: Checklist | None) -> str:
    if stands is None:
        return _(
            "Somebody has decided meanwhile that the proposal is used again. What you wrote is still here: publish it "
            "all the same, or leave it."
        )
    return _(
        "Somebody has published a list of this body since you opened the page. What you wrote is still here: look "
        "below at what is different, take over what is to stay, then publish."
    )


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
                kind=KINDS["…" if question[1] == "..." else question[1]],
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
