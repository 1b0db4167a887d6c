"""Every right there is. A role is a list of these; a route names one of these."""

from enum import StrEnum


class Permission(StrEnum):
    VIEW_WORKSPACE = "view_workspace"
    VIEW_ACTIVITY = "view_activity"
    EDIT_ACTIVITY = "edit_activity"
    CALL_ROLL = "call_roll"
    VIEW_PARTICIPANTS = "view_participants"
    EDIT_INSTITUTION = "edit_institution"
    ANSWER_CRITERIA = "answer_criteria"
    VIEW_FIGURES = "view_figures"
    EDIT_PLAN = "edit_plan"
    ANSWER_FINDING = "answer_finding"
    VIEW_REPORT = "view_report"
    WRITE_REPORT = "write_report"
    FREEZE_REPORT = "freeze_report"
    VIEW_ROLES = "view_roles"
    ASSIGN_ROLE = "assign_role"
    VIEW_AUDIT = "view_audit"


READING = frozenset(permission for permission in Permission if permission.startswith("view_"))
"""Rights that change nothing: an auditor holds only these."""


class Openness(StrEnum):
    """What a route declares in place of a permission when it asks for none."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
