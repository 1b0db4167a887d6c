"""Who leads, speaks, helps or organises along."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from hocsuotdoi.activities.enums import ContributorRole
from hocsuotdoi.activities.models import Activity, Contributor
from hocsuotdoi.activities.operations.wording import one_line, phone_number
from hocsuotdoi.core.errors import Refused

MOST = 30


class BadContributor(Refused):
    """Someone who cannot be listed so."""


@dataclass(frozen=True, slots=True)
class NewContributor:
    """`phone` and `note` are for colleagues only."""

    role: str
    name: str
    phone: str = ""
    note: str = ""


def put_contributors(activity: Activity, people: Sequence[NewContributor]) -> None:
    """`activity` has exactly these, in this order.

    Refused: no or no readable name, an unknown part, a bad phone number, the same name twice in one part, too many.
    """
    if len(people) > MOST:
        raise BadContributor(
            _("At most {most} people and organisations can be listed.").format(most=MOST), field="contributors"
        )
    rows = [_row(activity, number, person) for number, person in enumerate(people, start=1)]
    if len({(row.role, row.name) for row in rows}) < len(rows):
        raise BadContributor(
            _("Somebody is listed twice with the same part. Take one of the two out."), field="contributors"
        )
    Contributor.objects.filter(institution_id=activity.institution_id, activity=activity).delete()
    Contributor.objects.bulk_create(rows)


def _row(activity: Activity, number: int, person: NewContributor) -> Contributor:
    if person.role not in ContributorRole.values:
        raise BadContributor(_("Choose from the list what {name} does.").format(name=person.name), field="contributors")
    note = one_line(person.note, longest=200, missing="") if person.note.strip() else ""
    return Contributor(
        institution_id=activity.institution_id,
        activity=activity,
        role=person.role,
        name=one_line(
            person.name,
            longest=200,
            missing=_("Write the name of each person or organisation who helps."),
            field="contributors",
        ),
        phone=phone_number(person.phone),
        note=note,
        number=number,
    )
