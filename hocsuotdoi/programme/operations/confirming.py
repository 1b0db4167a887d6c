"""Calling done in one tap what the books show to be done: a person answers for it, on the day on which its rule was
met."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.programme.enums import WAITING, AssignmentState
from hocsuotdoi.programme.models import Assignment, AssignmentTally
from hocsuotdoi.programme.operations.assignment import report_progress
from hocsuotdoi.programme.operations.tally import count_for

MOST = 200
"""At one tap: as many as a page lists."""


class NothingConfirmed(Refused):
    """None of these can be called done for what was held."""


@dataclass
class Confirmed:
    """`changed`: somebody else reported on it meanwhile; `unshown`: what is held does not show it any more. Neither is
    called done."""

    done: list[Assignment] = field(default_factory=list)
    changed: list[Assignment] = field(default_factory=list)
    unshown: list[Assignment] = field(default_factory=list)


@transaction.atomic
def confirm_done(versions: Mapping[int, int], *, by: Person, at: dt.datetime) -> Confirmed:
    """Each of these assignments (`versions`: as the person saw them) is done, on the day on which its rule was met; the
    evidence is counted anew before. What is called done already stays so and is among what is done: sent twice, it is
    one act.

    Left as it is: what somebody else has reported on, and what nothing shows any more. Refused: all of them are.
    """
    if len(versions) > MOST:
        raise NothingConfirmed(_("At most {number} tasks at once.").format(number=MOST))
    rows = list(
        Assignment.objects.select_for_update(of=("self",)).select_related("task").filter(pk__in=versions).order_by("pk")
    )
    count_for([row.pk for row in rows if row.state in WAITING], at=at)
    met_on = dict(AssignmentTally.objects.filter(assignment__in=versions).values_list("assignment", "met_on"))
    found = Confirmed()
    for row in rows:
        day = met_on.get(row.pk)
        if row.state == AssignmentState.DONE:
            found.done.append(row)
        elif row.version != versions[row.pk] or row.state not in WAITING:
            found.changed.append(row)
        elif day is None:
            found.unshown.append(row)
        else:
            report_progress(row, state=AssignmentState.DONE, version=row.version, done_on=day, by=by, at=at)
            found.done.append(row)
    if not found.done:
        raise NothingConfirmed(refusal_words(found))
    return found


def refusal_words(found: Confirmed) -> str:
    """Why some are not called done; empty where all are."""
    words = []
    if found.changed:
        words.append(_("Somebody else has reported on this in the meantime: look at what they said."))
    if found.unshown:
        words.append(_("What was held does not show any more that this was done."))
    return " ".join(words)
