"""Keeping a table of counts under a name, naming it otherwise, forgetting it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.indicators.models import SavedTable

MOST = 100


class TableNotSaved(Refused):
    """The table cannot be kept so."""


@transaction.atomic
def save_table(person: Person, *, name: str, query: str, at: dt.datetime) -> SavedTable:
    """Keeps a table under `name`; one that bears the name already is replaced, so saving twice keeps one.

    Refused: no name or a long one, a question too long for an address, more than `MOST` tables.
    """
    Person.objects.select_for_update().get(pk=person.pk)
    name = _named(name)
    if len(query) > 2000 or "\x00" in query:
        raise TableNotSaved(_("This table asks for too much at once to be kept: take out some of what is ticked."))
    mine = SavedTable.objects.filter(person=person)
    if not mine.filter(name=name).exists() and mine.count() >= MOST:
        raise TableNotSaved(_("You keep {most} tables already. Remove one first.").format(most=MOST))
    table, _created = SavedTable.objects.update_or_create(
        person=person, name=name, defaults={"query": query, "saved_at": at}
    )
    return table


@transaction.atomic
def rename_table(table: SavedTable, *, name: str) -> SavedTable:
    """Refused: no name or a long one, and one that another of the person's tables bears: it would be lost."""
    name = _named(name)
    # Of two who name a table alike at once the second waits, and is told.
    Person.objects.select_for_update().get(pk=table.person_id)
    if SavedTable.objects.filter(person_id=table.person_id, name=name).exclude(pk=table.pk).exists():
        raise TableNotSaved(_("Another of your tables is called “{name}”: choose another name.").format(name=name))
    table.name = name
    table.save(update_fields=["name"])
    return table


def _named(name: str) -> str:
    name = " ".join(normalise(name).replace("\x00", "").split())
    if not name:
        raise TableNotSaved(_("Give the table a name, so that you find it again."))
    if len(name) > 120:
        raise TableNotSaved(_("The table's name is too long: at most {most} letters.").format(most=120))
    return name


def forget_table(table: SavedTable) -> None:
    """Removes it from its owner's list; its address goes on working."""
    table.delete()
