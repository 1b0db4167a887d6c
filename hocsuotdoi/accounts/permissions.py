"""Every right there is, in words. A role is a list of these; a route names one of these."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Permission(models.TextChoices):
    VIEW_WORKSPACE = "view_workspace", _("open the workspace")
    VIEW_ACTIVITY = "view_activity", _("see activities, drafts too")
    EDIT_ACTIVITY = "edit_activity", _("make, publish and cancel activities")
    CALL_ROLL = "call_roll", _("call the roll and close sessions")
    VIEW_PARTICIPANTS = "view_participants", _("read names on sign-in sheets")
    ENROL_DEVICE = "enrol_device", _("enrol and revoke devices that call the roll offline")
    VIEW_REGISTER = "view_register", _("read register entries, criteria and their answers")
    EDIT_INSTITUTION = "edit_institution", _("keep an institution's register entry")
    KEEP_TERRITORY = "keep_territory", _("enter reforms of the territory")
    KEEP_AGENCIES = "keep_agencies", _("enter, rename and end public bodies")
    KEEP_HOLIDAYS = "keep_holidays", _("enter what the state decides about public holidays")
    ANSWER_CRITERIA = "answer_criteria", _("answer criteria")
    REVIEW_CRITERIA = "review_criteria", _("decide about answers that differ from what the program found")
    DEFINE_INDICATOR = "define_indicator", _("make and publish indicators")
    VIEW_FIGURES = "view_figures", _("see figures down to their entries")
    STATE_FIGURES = "state_figures", _("type in and import figures and population of a territory")
    CHECK_FIGURES = "check_figures", _("answer what the program found odd about figures")
    EDIT_PLAN = "edit_plan", _("enter, issue, replace and retire plans; re-home targets")
    ANSWER_FINDING = "answer_finding", _("answer findings of the plan check")
    VIEW_TASKS = "view_tasks", _("see tasks, their progress and evidence")
    ASSIGN_TASK = "assign_task", _("hand tasks down, with dates")
    RECORD_PROGRESS = "record_progress", _("record progress of tasks, add and reject evidence")
    VIEW_MONEY = "view_money", _("see estimates, appraisals, allocations and spending")
    ESTIMATE_MONEY = "estimate_money", _("enter and import estimates and spending")
    APPRAISE_MONEY = "appraise_money", _("appraise estimates and record allocations")
    SET_UP_CYCLE = "set_up_cycle", _("set up, open and close reporting cycles")
    VIEW_REPORT = "view_report", _("read reports before they are signed")
    VIEW_EVERY_LINE = "view_every_line", _("read reports of every line of command, drafts too")
    WRITE_REPORT = "write_report", _("write reports")
    FREEZE_REPORT = "freeze_report", _("submit reports, which freezes their figures")
    APPROVE_REPORT = "approve_report", _("return and approve reports that lower bodies have submitted")
    EDIT_TEMPLATE = "edit_template", _("upload document templates")
    SIGN_DOCUMENT = "sign_document", _("have documents signed with the agency's certificate")
    NOMINATE = "nominate", _("nominate groups and persons for commendation")
    VIEW_INSPECTION = "view_inspection", _("see inspection visits, findings and minutes")
    INSPECT = "inspect", _("plan and carry out inspection visits")
    PUBLISH_PAPER = "publish_paper", _("enter legal texts and guidelines and send them down")
    VIEW_ROLES = "view_roles", _("see who holds which role")
    ASSIGN_ROLE = "assign_role", _("give and end roles")
    VIEW_AUDIT = "view_audit", _("read who changed what")


READING = frozenset(permission for permission in Permission if permission.startswith("view_"))
"""Rights that change nothing: an auditor holds only these."""


class Openness(StrEnum):
    """What a route declares in place of a permission when it asks for none."""

    PUBLIC = "public"
    SIGNED_IN = "signed_in"
    DEVICE = "device"
