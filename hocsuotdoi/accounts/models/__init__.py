from hocsuotdoi.accounts.models.person import Person
from hocsuotdoi.accounts.models.role import PowerSwitch, RoleAssignment

__all__ = ["Person", "PowerSwitch", "RoleAssignment"]
