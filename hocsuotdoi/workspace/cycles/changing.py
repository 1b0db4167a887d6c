"""Two people who set up one cycle: the second sees what it says now, beside what was typed, and writes nothing over."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.forms import BaseForm

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.reporting.models import Cycle
from hocsuotdoi.reporting.operations.cycle import CycleChangedMeanwhile


@contextmanager
def changes_in(form: BaseForm) -> Iterator[list[Cycle]]:
    """A refusal within stands in the form. Where somebody else was first, the list holds the cycle as it is now, and
    the form may be sent again: then it is meant."""
    changed: list[Cycle] = []
    try:
        yield changed
    except CycleChangedMeanwhile as refusal:
        changed.append(refusal.current)
        form.data = form.data.copy()
        form.data["version"] = str(refusal.current.version)
        form.add_error(None, str(refusal))
        form.is_changed_meanwhile = True  # type: ignore[attr-defined]
    except Refused as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def is_changed(form: BaseForm) -> bool:
    return getattr(form, "is_changed_meanwhile", False)


def status_of(form: BaseForm) -> int:
    return 409 if is_changed(form) else 422 if form.errors else 200
