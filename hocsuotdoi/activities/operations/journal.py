"""Taking in the file that a phone saved because it gets through to the server no more: what it noted goes the way of a
sync (operations/sync.py), so that nothing counts twice, whichever comes first or again."""

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Device
from hocsuotdoi.activities.formats.journal import BrokenJournal, JournalPart, Mark, UnreadableJournal, parse_journal
from hocsuotdoi.activities.operations.sync import Answer, take_marks
from hocsuotdoi.core.errors import Refused

LARGEST_JOURNAL = 5_000_000
"""In bytes: some ten thousand marks, more than anybody notes in the month that a phone keeps them."""
AT_A_TIME = 200
"""As many marks as a phone sends at a time: a roll is not locked for longer than by a sync."""


class BadJournal(Refused):
    """This file is not taken in, and nothing of it."""


def read_journal(content: bytes) -> list[JournalPart]:
    """What stands in the file, institution by institution. Refused: a file too large, one that no phone of ours saved,
    one without any mark, and one that was changed afterwards (its chain of hashes is broken)."""
    if len(content) > LARGEST_JOURNAL:
        raise BadJournal(
            _("The file is too large for a phone's journal: at most {most} MB.").format(most=LARGEST_JOURNAL // 10**6),
            field="file",
        )
    try:
        parts = parse_journal(content)
    except BrokenJournal as broken:
        raise BadJournal(
            _(
                "The file was changed after the phone had saved it: mark number {number} does not follow from the one "
                "before. Nothing was taken. Save the file on the phone once more and send it on untouched."
            ).format(number=broken.number),
            field="file",
        ) from broken
    except UnreadableJournal as unreadable:
        raise BadJournal(
            _(
                "This is no file from the roll on a phone. Open “Device and sync” on the phone and save what it noted "
                "as a file."
            ),
            field="file",
        ) from unreadable
    if not parts:
        raise BadJournal(_("Nothing was noted in this file."), field="file")
    return parts


def take_journal(device: Device, marks: Sequence[Mark], *, at: dt.datetime) -> list[Answer]:
    """Take the marks as a sync of `device` would, in the name of whoever enrolled it; an answer for each, in order.

    Whoever reads the file in vouches for it, so a device whose time has run out is no hindrance. Of one that was
    revoked, what it noted until then is taken and the rest refused, mark by mark; nothing of that is kept.
    """
    revoked_at = device.revoked_at
    early = [mark for mark in marks if revoked_at is None or mark.noted_at <= revoked_at]
    answers = []
    for start in range(0, len(early), AT_A_TIME):
        answers += take_marks(device, early[start : start + AT_A_TIME], at=at)
    told = {answer.id: answer for answer in answers}
    too_late = _("Noted after this device had been revoked. If it is true, note it on the roll by hand.")
    return [told.get(mark.id) or Answer(mark.id, "refused", too_late) for mark in marks]
