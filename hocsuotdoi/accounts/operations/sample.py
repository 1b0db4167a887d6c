"""Sample people for the demonstration: every role once, with passwords that everybody knows."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person, RoleAssignment
from hocsuotdoi.accounts.operations.people import open_account
from hocsuotdoi.core.dated import on
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.places.enums import AgencyKind, InstitutionClass, Tier
from hocsuotdoi.places.models import AdminUnit, Agency, Institution
from hocsuotdoi.places.queries.units import children_of

PASSWORD = "hocsuotdoi"  # printed at the start of every demonstration
DOMAIN = "mau.example"
_KINDS: dict[str, type] = {"unit": AdminUnit, "agency": Agency, "institution": Institution}
WARD, PROVINCE = "01843", "19"


class SampleRefused(Refused):
    pass


@dataclass(frozen=True)
class SampleSignIn:
    """One line of what `hocsuotdoi demo` prints."""

    name: str
    role: str
    place: str
    email: str
    password: str


@dataclass(frozen=True)
class _Sample:
    mailbox: str
    full_name: str
    role: RoleName
    where: Callable[[dt.date], AdminUnit | Agency | Institution | None]


@transaction.atomic
def load_sample(
    *, at: dt.datetime, day: dt.date, force: bool = False, progress: Callable[[str], None] = print
) -> list[SampleSignIn]:
    """Make the sample people that are not there yet and return all sign-ins.

    Refused (unless `force`): an installation without samples in which real people have accounts, since the passwords
    are public. Where samples are already, people who signed up since to try the program do not count.
    A sample whose place is not loaded is left out, with a line to `progress`.
    """
    kinds = set(Person.objects.order_by().values_list("is_sample", flat=True).distinct())
    if not force and kinds == {False}:
        raise SampleRefused(
            _("Real people have accounts here; sample sign-ins with known passwords would let anybody in.")
        )
    # Hashing is slow on purpose; one hash does for all, since the password is public.
    password, sign_ins = make_password(PASSWORD), []
    for sample in _SAMPLES:
        where = sample.where(day)
        if where is None and sample.role != RoleName.LEARNER:
            progress(_("No place for the sample person {person}: left out.").format(person=sample.full_name))
            continue
        sign_ins.append(_load_one(sample, where, password, at))
    for sample in _others(day):
        _load_one(sample, sample.where(day), password, at)
    return sign_ins


def _others(day: dt.date) -> list[_Sample]:
    """Officers of some more communes of the province, so that more than one of them hands in a report. They have the
    same password and are not printed among the sign-ins: `can-bo.<code of the commune>`."""
    offices = Agency.objects.on(day).filter(
        kind=AgencyKind.CULTURE_SOCIETY, unit__in=children_of(province, day) if (province := _province(day)) else []
    )
    offices = offices.exclude(unit__code=WARD).select_related("unit").order_by("unit__sort_key", "code")
    return [
        _Sample(f"can-bo.{office.unit.code}", name, RoleName.AGENCY_OFFICER, partial(_itself, office))
        for name, office in zip(_MORE_OFFICERS, offices[: len(_MORE_OFFICERS)], strict=False)
        if office.unit
    ]


def _itself(agency: Agency, day: dt.date) -> Agency:
    return agency


def _load_one(
    sample: _Sample, where: AdminUnit | Agency | Institution | None, password: str, at: dt.datetime
) -> SampleSignIn:
    email = f"{sample.mailbox}@{DOMAIN}"
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = open_account(email, full_name=f"{sample.full_name} (mẫu)", is_sample=True, by=None)
        person.password = password
        person.save(update_fields=["password"])
    if where is not None:
        # Straight into the table: without a first day, so that samples can look back before today.
        kind = next(name for name, model in _KINDS.items() if isinstance(where, model))
        RoleAssignment.objects.get_or_create(
            person=person, role=sample.role, ends_on=None, **{kind: where}, defaults={"given_at": at}
        )
    return SampleSignIn(person.full_name, str(sample.role.label), "" if where is None else str(where), email, PASSWORD)


def _country(day: dt.date) -> AdminUnit | None:
    return AdminUnit.objects.on(day).filter(tier=Tier.COUNTRY).first()


def _unit(code: str, tier: str) -> Callable[[dt.date], AdminUnit | None]:
    return lambda day: AdminUnit.objects.on(day).filter(code=code, tier=tier).first()


_province, _ward = _unit(PROVINCE, Tier.PROVINCE), _unit(WARD, Tier.COMMUNE)


def _agency_of(unit_on: Callable[[dt.date], AdminUnit | None], *kinds: str) -> Callable:
    """The agency of one of these kinds at the unit, else the unit itself."""

    def find(day: dt.date) -> Agency | AdminUnit | None:
        unit = unit_on(day)
        found = {
            agency.kind: agency for agency in Agency.objects.on(day).filter(unit=unit, kind__in=kinds).order_by("-code")
        }
        return next((found[kind] for kind in kinds if kind in found), unit) if unit else None

    return find


def _library_of_ward(day: dt.date) -> Institution | None:
    unit = _ward(day)
    standing = Institution.objects.filter(
        on(day, "placements__"), institution_class=InstitutionClass.LIBRARY_COMMUNE, placements__unit=unit
    )
    return standing.order_by("-is_sample", "code").first() if unit else None


_MORE_OFFICERS = (
    "Hà Thị Bích",
    "Lường Văn Toàn",
    "Nguyễn Thị Thu",
    "Dương Văn Khánh",
    "Ma Thị Hạnh",
    "Trần Văn Sơn",
    "Lục Thị Vân",
    "Bàn Văn Đức",
)

_SAMPLES = [
    _Sample("can-bo.backan", "Triệu Văn Minh", RoleName.AGENCY_OFFICER, _agency_of(_ward, AgencyKind.CULTURE_SOCIETY)),
    _Sample("thu-thu.backan", "Hoàng Thị Lan", RoleName.INSTITUTION_STAFF, _library_of_ward),
    _Sample("quan-ly.backan", "Nông Văn Dũng", RoleName.INSTITUTION_MANAGER, _library_of_ward),
    _Sample("can-bo.thainguyen", "Phạm Thu Hà", RoleName.AGENCY_OFFICER, _agency_of(_province, AgencyKind.CULTURE)),
    _Sample("ke-hoach.thainguyen", "Đỗ Quang Huy", RoleName.PLANNER, _agency_of(_province, AgencyKind.CULTURE)),
    _Sample("tai-chinh.thainguyen", "Ma Thị Hằng", RoleName.FINANCE_OFFICER, _agency_of(_province, AgencyKind.FINANCE)),
    _Sample("thanh-tra.thainguyen", "Dương Văn Nam", RoleName.INSPECTOR, _agency_of(_province, AgencyKind.CULTURE)),
    _Sample("ke-hoach.bo", "Lê Minh Châu", RoleName.PLANNER, _agency_of(_country, AgencyKind.MINISTRY)),
    _Sample("kiem-tra", "Vũ Thị Thanh", RoleName.AUDITOR, _country),
    _Sample("quan-tri", "Ngô Đức Anh", RoleName.ADMINISTRATOR, _country),
    _Sample("nguoi-dan", "Lý Thị Mai", RoleName.LEARNER, lambda day: None),
]
