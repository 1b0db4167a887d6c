"""The roles, readable by the manager who assigns them. What a role covers is where it is held (RoleAssignment)."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.accounts.enums import HeldAt, RoleName
from hocsuotdoi.accounts.permissions import READING
from hocsuotdoi.accounts.permissions import Permission as P


@dataclass(frozen=True)
class Role:
    name: RoleName
    description: str | Promise
    held_at: frozenset[HeldAt]
    permissions: frozenset[P]
    must_be_switched_on: bool = False

    @property
    def title(self) -> str | Promise:
        return self.name.label


_READS = frozenset({P.VIEW_WORKSPACE, P.VIEW_ACTIVITY, P.VIEW_FIGURES, P.VIEW_REPORT, P.VIEW_AUDIT})
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
                P.VIEW_ROLES,
                P.ASSIGN_ROLE,
                P.VIEW_AUDIT,
            },
        ),
        Role(
            RoleName.AGENCY_OFFICER,
            _("Runs the programme in the agency's territory: activities, criteria, figures, report; gives roles."),
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
                P.VIEW_REPORT,
                P.WRITE_REPORT,
                P.FREEZE_REPORT,
                P.VIEW_ROLES,
                P.ASSIGN_ROLE,
                P.VIEW_AUDIT,
            },
        ),
        Role(
            RoleName.PLANNER,
            _("Enters plans, answers findings of the plan check and follows the targets of the territory."),
            frozenset({HeldAt.AGENCY, HeldAt.UNIT}),
            _READS | {P.EDIT_PLAN, P.ANSWER_FINDING, P.DEFINE_INDICATOR, P.WRITE_REPORT},
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
