"""The doors of the workspace: which pages a person may open. One whose address does not exist is left out."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise, SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.permissions import Permission

_AT_MOST_IN_NAVIGATION = 5


@dataclass(frozen=True)
class Door:
    name: str
    label: str | Promise
    detail: str | Promise
    icon: str
    needs: Permission | None
    also: tuple[str, ...] = ()
    """Further parts of addresses' names, of pages that one comes to through this door."""

    @property
    def area(self) -> str:
        """The part of the address's name that all pages behind this door share."""
        return self.name.removeprefix("workspace:").removesuffix("-list")

    def leads_to(self, here: str) -> bool:
        return any(here == area or here.startswith(f"{area}-") for area in (self.area, *self.also))


# In the order of a working day; the first five that open are the navigation.
DOORS = [
    Door("workspace:home", _("Today"), _("What is to be done today"), "home", None),
    Door(
        "workspace:activities-activity-list",
        _("Activities"),
        _("Make, publish, call the roll, close"),
        "calendar",
        Permission.VIEW_ACTIVITY,
        also=tuple(
            f"activities-{noun}" for noun in ("club", "schedule", "session", "registration", "enrolment", "programme")
        ),
    ),
    Door(
        "workspace:indicators-criteria-list",
        _("Criteria"),
        _("What an institution offers and has: answered once a year"),
        "check",
        Permission.VIEW_REGISTER,
    ),
    Door(
        "workspace:programme-task-list",
        _("Tasks"),
        _("What the plans ask, by when; report, hand down, follow"),
        "clock",
        Permission.VIEW_TASKS,
        also=("programme-task",),
    ),
    Door(
        "workspace:programme-plan-list",
        _("Plans"),
        _("Plans, what the plan check found, answers to it"),
        "plan",
        Permission.EDIT_PLAN,
    ),
    Door(
        "workspace:indicators-definition-list",
        _("Indicators of our own"),
        _("Make a figure from measures, look at it, publish it"),
        "chart",
        Permission.DEFINE_INDICATOR,
        also=("indicators-draft",),
    ),
    Door(
        "workspace:reporting-report-list",
        _("Reports"),
        _("The yearly report: words, figures, the signed document"),
        "report",
        Permission.VIEW_REPORT,
    ),
    Door(
        "workspace:cycles-cycle-list",
        _("Reporting cycles"),
        _("Who reports to whom by when; how far the country is"),
        "cycle",
        Permission.VIEW_REPORT,
        also=("cycles",),
    ),
    Door(
        "workspace:indicators-stated-list",
        _("Figures typed in"),
        _("Of institutions without the system: a sheet or a form; population"),
        "upload",
        Permission.STATE_FIGURES,
        also=("indicators-population",),
    ),
    Door(
        "workspace:indicators-quality-list",
        _("Points to check"),
        _("What looks odd in the figures; who has not reported, who was late"),
        "search",
        Permission.CHECK_FIGURES,
        also=("indicators-quality",),
    ),
    Door(
        "workspace:money-line-list",
        _("Money"),
        _("What tasks cost: estimated, appraised, allocated, spent"),
        "money",
        Permission.VIEW_MONEY,
        also=("money",),
    ),
    Door(
        "workspace:inspection-visit-list",
        _("Inspection"),
        _("Visits: planned, seen on the phone, what was found, minutes"),
        "inspect",
        Permission.VIEW_INSPECTION,
        also=("inspection",),
    ),
    Door(
        "workspace:documents-overview",
        _("Writing documents"),
        _("Word, Excel and PDF of what was frozen; templates, letters, nominations"),
        "document",
        Permission.VIEW_REPORT,
        also=("documents",),
    ),
    Door(
        "workspace:papers-paper-list",
        _("Papers"),
        _("Legal texts and guidelines: read, send down, see who has read"),
        "book",
        Permission.VIEW_WORKSPACE,
        also=("papers",),
    ),
    Door(
        "workspace:activities-notice-list",
        _("Telling people"),
        _("Who is still to be called, what was sent"),
        "phone",
        Permission.VIEW_PARTICIPANTS,
    ),
    Door(
        "workspace:places-institution-list",
        _("Institutions"),
        _("The register: opening hours, rooms, equipment"),
        "museum",
        Permission.VIEW_REGISTER,
        also=("places",),
    ),
    Door(
        "workspace:activities-booking-list",
        _("Visits of classes"),
        _("Requests of schools: answer, agreement, headcount, report"),
        "people",
        Permission.VIEW_ACTIVITY,
    ),
    Door(
        "workspace:accounts-device-list",
        _("Devices"),
        _("Phones that call the roll without a connection"),
        "device",
        Permission.ENROL_DEVICE,
    ),
    Door(
        "workspace:activities-mark-list",
        _("From devices"),
        _("What devices noted and somebody must decide about"),
        "roll",
        Permission.CALL_ROLL,
        also=("activities-journal",),
    ),
    Door("workspace:accounts-role-list", _("Roles"), _("Who holds which role where"), "key", Permission.VIEW_ROLES),
    Door(
        "workspace:accounts-audit",
        _("Changes"),
        _("Who changed which plan, target, role or institution"),
        "history",
        Permission.VIEW_AUDIT,
    ),
]


def doors_of(request: HttpRequest) -> list[dict]:
    """All doors that open for the person, as {label, detail, url, icon, is_current}."""
    here = request.resolver_match.url_name or "" if request.resolver_match else ""
    doors = []
    for door in DOORS:
        if door.needs is not None and door.needs not in request.permissions:
            continue
        try:
            url = reverse(door.name)
        except NoReverseMatch:
            continue
        doors.append(
            {
                "label": door.label,
                "detail": door.detail,
                "url": url,
                "icon": door.icon,
                "is_current": door.leads_to(here),
            }
        )
    return doors


def navigation_of(request: HttpRequest) -> list[dict]:
    """The first doors that open. On a page behind a later door, that one stands last: one always sees where one is."""
    doors = doors_of(request)
    shown, later = doors[:_AT_MOST_IN_NAVIGATION], doors[_AT_MOST_IN_NAVIGATION:]
    current = [door for door in later if door["is_current"]]
    return [*shown[: _AT_MOST_IN_NAVIGATION - len(current)], *current]


def navigation(request: HttpRequest) -> dict:
    """Context processor: `workspace_nav` for the frame of the staff's pages."""
    if not request.path.startswith("/workspace/") or not hasattr(request, "permissions"):
        return {}
    return {"workspace_nav": SimpleLazyObject(lambda: navigation_of(request))}
