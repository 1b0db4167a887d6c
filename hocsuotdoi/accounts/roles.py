"""The roles, readable by the manager who assigns them. What a role covers is where it is held (RoleAssignment)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.enums import HeldAt, RoleName
from hocsuotdoi.accounts.permissions import READING
from hocsuotdoi.accounts.permissions import Permission as P
from hocsuotdoi.places.enums import AgencyKind

LEADING_KINDS = frozenset(
    {AgencyKind.MINISTRY, AgencyKind.PEOPLES_COMMITTEE, AgencyKind.CULTURE, AgencyKind.CULTURE_SOCIETY}
)
"""Agencies whose officers act in the whole territory of the agency's unit."""


@dataclass(frozen=True)
class Role:
    name: RoleName
    description: str | Promise
    held_at: frozenset[HeldAt]
    permissions: frozenset[P]
    must_be_switched_on: bool = False
    leads: frozenset[AgencyKind] = LEADING_KINDS
    """Held at an agency of one of these kinds, the role covers the whole territory of the agency's unit."""

    @property
    def title(self) -> str | Promise:
        return self.name.label


_READS = frozenset(
    {
        P.VIEW_WORKSPACE,
        P.VIEW_ACTIVITY,
        P.VIEW_FIGURES,
        P.VIEW_TASKS,
        P.VIEW_MONEY,
        P.VIEW_REPORT,
        P.VIEW_AUDIT,
    }
)
_STAFF = frozenset(
    {
        P.VIEW_WORKSPACE,
        P.VIEW_ACTIVITY,
        P.EDIT_ACTIVITY,
        P.CALL_ROLL,
        P.VIEW_PARTICIPANTS,
        P.VIEW_FIGURES,
    }
)

ROLES: dict[RoleName, Role] = {
    role.name: role
    for role in [
        Role(
            RoleName.LEARNER,
            _("Finds and joins activities, keeps what was earned."),
            frozenset({HeldAt.NOWHERE}),
            frozenset(),
        ),
        Role(
            RoleName.INSTITUTION_STAFF,
            _("Makes activities at this institution, calls the roll and closes sessions."),
            frozenset({HeldAt.INSTITUTION}),
            _STAFF,
        ),
        Role(
            RoleName.INSTITUTION_MANAGER,
            _("All that staff do; also keeps the register entry, answers criteria and gives roles there."),
            frozenset({HeldAt.INSTITUTION}),
            _STAFF
            | {
                P.ENROL_DEVICE,
                P.VIEW_REGISTER,
                P.EDIT_INSTITUTION,
                P.ANSWER_CRITERIA,
                P.CHECK_FIGURES,
                P.VIEW_INSPECTION,
                P.VIEW_ROLES,
                P.ASSIGN_ROLE,
                P.VIEW_AUDIT,
            },
        ),
        Role(
            RoleName.AGENCY_OFFICER,
            _("Runs the programme in the agency's territory: activities, figures, tasks, money, reports; gives roles."),
            frozenset({HeldAt.AGENCY, HeldAt.UNIT}),
            _STAFF
            | {
                P.ENROL_DEVICE,
                P.VIEW_REGISTER,
                P.EDIT_INSTITUTION,
                P.ANSWER_CRITERIA,
                P.KEEP_HOLIDAYS,
                P.REVIEW_CRITERIA,
                P.STATE_FIGURES,
                P.CHECK_FIGURES,
                P.VIEW_TASKS,
                P.ASSIGN_TASK,
                P.RECORD_PROGRESS,
                P.VIEW_MONEY,
                P.ESTIMATE_MONEY,
                P.VIEW_REPORT,
                P.WRITE_REPORT,
                P.FREEZE_REPORT,
                P.APPROVE_REPORT,
                P.EDIT_TEMPLATE,
                P.SIGN_DOCUMENT,
                P.NOMINATE,
                P.VIEW_INSPECTION,
                P.PUBLISH_PAPER,
                P.VIEW_ROLES,
                P.ASSIGN_ROLE,
                P.VIEW_AUDIT,
            },
        ),
        Role(
            RoleName.PLANNER,
            _("Enters plans, hands tasks down, sets up reporting cycles and follows the targets of the territory."),
            frozenset({HeldAt.AGENCY, HeldAt.UNIT}),
            _READS
            | {
                P.EDIT_PLAN,
                P.ANSWER_FINDING,
                P.DEFINE_INDICATOR,
                P.ASSIGN_TASK,
                P.SET_UP_CYCLE,
                P.WRITE_REPORT,
                P.EDIT_TEMPLATE,
                P.PUBLISH_PAPER,
            },
        ),
        Role(
            RoleName.FINANCE_OFFICER,
            _("Appraises the estimates of the territory and records what is allocated."),
            frozenset({HeldAt.AGENCY, HeldAt.UNIT}),
            frozenset({P.VIEW_WORKSPACE, P.VIEW_TASKS, P.VIEW_MONEY, P.APPRAISE_MONEY}),
            leads=LEADING_KINDS | {AgencyKind.FINANCE},
        ),
        Role(
            RoleName.INSPECTOR,
            _("Plans and carries out inspection visits in the territory, and follows what was found."),
            frozenset({HeldAt.AGENCY, HeldAt.UNIT}),
            frozenset(
                {
                    P.VIEW_WORKSPACE,
                    P.VIEW_ACTIVITY,
                    P.VIEW_REGISTER,
                    P.VIEW_FIGURES,
                    P.VIEW_TASKS,
                    P.VIEW_INSPECTION,
                    P.INSPECT,
                }
            ),
        ),
        Role(
            RoleName.AUDITOR,
            _("Reads everything in the territory, sign-in sheets included; changes nothing."),
            frozenset({HeldAt.AGENCY, HeldAt.UNIT}),
            READING,
        ),
        Role(
            RoleName.ADMINISTRATOR,
            _("Gives roles and mends what nobody else may. Must be switched on with a reason, for a limited time."),
            frozenset({HeldAt.UNIT}),
            frozenset(P),
            must_be_switched_on=True,
        ),
    ]
}
