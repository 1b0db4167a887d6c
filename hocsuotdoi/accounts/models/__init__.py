from hocsuotdoi.accounts.models.device import ApiToken, Device, DeviceInvitation
from hocsuotdoi.accounts.models.person import Person
from hocsuotdoi.accounts.models.role import PowerSwitch, RoleAssignment

__all__ = ["ApiToken", "Device", "DeviceInvitation", "Person", "PowerSwitch", "RoleAssignment"]
