"""The names of roles and of the places they are held at. What a role may do stands in `roles`."""

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class RoleName(models.TextChoices):
    LEARNER = "learner", _("Learner")
    INSTITUTION_STAFF = "institution_staff", _("Staff of an institution")
    INSTITUTION_MANAGER = "institution_manager", _("Manager of an institution")
    AGENCY_OFFICER = "agency_officer", _("Officer of an agency")
    PLANNER = "planner", _("Planner")
    FINANCE_OFFICER = "finance_officer", _("Finance officer")
    INSPECTOR = "inspector", _("Inspector")
    AUDITOR = "auditor", _("Auditor")
    ADMINISTRATOR = "administrator", _("Administrator")


class HeldAt(StrEnum):
    UNIT = "unit"
    AGENCY = "agency"
    INSTITUTION = "institution"
    NOWHERE = "nowhere"
