"""The doors of the workspace: which pages a person may open."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission

_IN_REACH = 3
_FIRST = ("activities-activity", "programme-task", "reporting-report", "inspection-visit", "money-line", "cycles-cycle")
ALL_DOORS = "sections"
"""Where the start page lists them all."""


@dataclass(frozen=True)
class Door:
    name: str
    label: str | Promise
    detail: str | Promise
    icon: str
    needs: Permission | None
    work: Permission | None = None
    """Whoever holds it does something behind this door, others only read there."""
    also: tuple[str, ...] = ()
    """Further parts of addresses' names, of pages that one comes to through this door."""

    @property
    def area(self) -> str:
        """The part of the address's name that all pages behind this door share."""
        return self.name.removeprefix("workspace:").removesuffix("-list")

    def leads_to(self, here: str) -> bool:
        return any(here == area or here.startswith(f"{area}-") for area in (self.area, *self.also))


_OF_ENTRIES = ("places-equipment", "places-status", "places-placement")
HOME = Door("workspace:home", _("Today"), _("What is to be done today"), "home", None)
# As offices think of their work, and within that in the order of a working day.
GROUPS: list[tuple[str | Promise, list[Door]]] = [
    (
        _("Activities"),
        [
            Door(
                "workspace:activities-activity-list",
                _("Activities"),
                _("Make, publish, call the roll, close"),
                "calendar",
                Permission.VIEW_ACTIVITY,
                work=Permission.EDIT_ACTIVITY,
                also=tuple(
                    f"activities-{noun}"
                    for noun in ("club", "schedule", "session", "registration", "enrolment", "programme")
                ),
            ),
            Door(
                "workspace:activities-booking-list",
                _("Visits of classes"),
                _("Requests of schools: answer, agreement, headcount, report"),
                "people",
                Permission.VIEW_ACTIVITY,
                work=Permission.EDIT_ACTIVITY,
            ),
            Door(
                "workspace:activities-notice-list",
                _("Telling people"),
                _("Who is still to be called, what was sent"),
                "phone",
                Permission.VIEW_PARTICIPANTS,
                work=Permission.CALL_ROLL,
            ),
            Door(
                "workspace:activities-mark-list",
                _("From devices"),
                _("What devices noted and somebody must decide about"),
                "roll",
                Permission.CALL_ROLL,
                work=Permission.CALL_ROLL,
                also=("activities-journal",),
            ),
            Door(
                "workspace:accounts-device-list",
                _("Devices"),
                _("Phones that call the roll without a connection"),
                "device",
                Permission.ENROL_DEVICE,
                work=Permission.ENROL_DEVICE,
            ),
        ],
    ),
    (
        _("Tasks and reports"),
        [
            Door(
                "workspace:programme-task-list",
                _("Tasks"),
                _("What the plans ask, by when; report, hand down, follow"),
                "clock",
                Permission.VIEW_TASKS,
                work=Permission.RECORD_PROGRESS,
                also=("programme-task",),
            ),
            Door(
                "workspace:reporting-report-list",
                _("Reports"),
                _("The yearly report: words, figures, the signed document"),
                "report",
                Permission.VIEW_REPORT,
                work=Permission.WRITE_REPORT,
            ),
            Door(
                "workspace:cycles-cycle-list",
                _("Reporting cycles"),
                _("Who reports to whom by when; how far the country is"),
                "cycle",
                Permission.VIEW_REPORT,
                work=Permission.SET_UP_CYCLE,
                also=("cycles",),
            ),
            Door(
                "workspace:documents-overview",
                _("Writing documents"),
                _("Word, Excel and PDF of what was frozen; templates, letters, nominations"),
                "document",
                Permission.VIEW_REPORT,
                work=Permission.SIGN_DOCUMENT,
                also=("documents",),
            ),
            Door(
                "workspace:inspection-visit-list",
                _("Inspection"),
                _("Visits: planned, seen on the phone, what was found, minutes"),
                "inspect",
                Permission.VIEW_INSPECTION,
                work=Permission.INSPECT,
                also=("inspection",),
            ),
        ],
    ),
    (
        _("Plans, money, papers"),
        [
            Door(
                "workspace:programme-plan-list",
                _("Plans"),
                _("Plans, what the plan check found, answers to it"),
                "plan",
                Permission.EDIT_PLAN,
                work=Permission.EDIT_PLAN,
            ),
            Door(
                "workspace:money-line-list",
                _("Money"),
                _("What tasks cost: estimated, appraised, allocated, spent"),
                "money",
                Permission.VIEW_MONEY,
                work=Permission.APPRAISE_MONEY,
                also=("money",),
            ),
            Door(
                "workspace:papers-paper-list",
                _("Papers"),
                _("Legal texts and guidelines: read, send down, see who has read"),
                "book",
                Permission.VIEW_WORKSPACE,
                work=Permission.PUBLISH_PAPER,
                also=("papers",),
            ),
        ],
    ),
    (
        _("Figures and institutions"),
        [
            Door(
                "workspace:indicators-criteria-list",
                _("Criteria"),
                _("What an institution offers and has: answered once a year"),
                "check",
                Permission.VIEW_REGISTER,
                work=Permission.ANSWER_CRITERIA,
            ),
            Door(
                "workspace:indicators-stated-list",
                _("Figures typed in"),
                _("Of institutions without the system: a sheet or a form; population"),
                "upload",
                Permission.STATE_FIGURES,
                work=Permission.STATE_FIGURES,
                also=("indicators-population",),
            ),
            Door(
                "workspace:indicators-quality-list",
                _("Points to check"),
                _("What looks odd in the figures; who has not reported, who was late"),
                "search",
                Permission.CHECK_FIGURES,
                work=Permission.CHECK_FIGURES,
                also=("indicators-quality",),
            ),
            Door(
                "workspace:indicators-definition-list",
                _("Indicators of our own"),
                _("Make a figure from measures, look at it, publish it"),
                "chart",
                Permission.DEFINE_INDICATOR,
                work=Permission.DEFINE_INDICATOR,
                also=("indicators-draft",),
            ),
            Door(
                "workspace:places-institution-list",
                _("Institutions"),
                _("The register: opening hours, rooms, equipment"),
                "museum",
                Permission.VIEW_REGISTER,
                work=Permission.EDIT_INSTITUTION,
                also=("places-hours", "places-closure", "places-holiday", "places-room", *_OF_ENTRIES),
            ),
        ],
    ),
    (
        _("Roles and changes"),
        [
            Door(
                "workspace:accounts-role-list",
                _("Roles"),
                _("Who holds which role where"),
                "key",
                Permission.VIEW_ROLES,
                work=Permission.ASSIGN_ROLE,
            ),
            Door(
                "workspace:accounts-agency-list",
                _("Bodies"),
                _("Departments, offices, associations: who sits there, what waits"),
                "lineage",
                Permission.VIEW_ROLES,
                work=Permission.KEEP_AGENCIES,
            ),
            Door(
                "workspace:places-reform-list",
                _("Territory"),
                _("Units that merge, are divided, renamed or come to lie elsewhere, from a day on"),
                "map",
                Permission.KEEP_TERRITORY,
                work=Permission.KEEP_TERRITORY,
            ),
            Door(
                "workspace:accounts-audit",
                _("Changes"),
                _("Who changed which plan, target, role or institution"),
                "history",
                Permission.VIEW_AUDIT,
                work=Permission.VIEW_AUDIT,
            ),
        ],
    ),
]
DOORS = [HOME, *(door for _title, doors in GROUPS for door in doors)]


def groups_of(request: HttpRequest) -> list[dict]:
    """All doors that open for the person, by what they are about: {label, doors: [{label, detail, url, icon, …}]}."""
    groups = ({"label": label, "doors": _open(doors, request)} for label, doors in GROUPS)
    return [group for group in groups if group["doors"]]


def in_reach_of(request: HttpRequest) -> list[dict]:
    """What a thumb finds at the foot of a phone: today, three doors, all others.

    What the person does comes before what the person only reads. On a page behind another door, that one takes the
    last place: one always sees where one is.
    """
    home = _open([HOME], request)
    doors = [door for group in groups_of(request) for door in group["doors"]]
    doors.sort(key=lambda door: (not door["is_work"], door["rank"]))
    shown, later = doors[:_IN_REACH], doors[_IN_REACH:]
    current = [door for door in later if door["is_current"]]
    shown = [*shown[: _IN_REACH - len(current)], *current]
    if not later:
        return [*home, *shown]
    others = {"label": _("Other sections"), "url": f"{home[0]['url']}#{ALL_DOORS}", "icon": "menu", "is_current": False}
    return [*home, *shown, others]


def navigation(request: HttpRequest) -> dict:
    """Context processor for the frame of the staff's pages: `workspace_nav` (phone) and `workspace_doors` (desk)."""
    if not request.path.startswith("/workspace/") or not hasattr(request, "permissions"):
        return {}
    return {
        "workspace_nav": SimpleLazyObject(lambda: in_reach_of(request)),
        "workspace_home": SimpleLazyObject(lambda: _open([HOME], request)[0]),
        "workspace_doors": SimpleLazyObject(lambda: groups_of(request)),
    }


def _open(doors: Iterable[Door], request: HttpRequest) -> list[dict]:
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    return [
        {
            "label": door.label,
            "detail": door.detail,
            "url": reverse(door.name),
            "icon": door.icon,
            "is_current": door.leads_to(here),
            "is_work": door.work in request.permissions,
            "rank": _FIRST.index(door.area) if door.area in _FIRST else len(_FIRST),
        }
        for door in doors
        if door.needs is None or door.needs in request.permissions
    ]
