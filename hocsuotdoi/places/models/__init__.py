from hocsuotdoi.places.models.agency import Agency, AgencyLine
from hocsuotdoi.places.models.holiday import HolidayDecision, HolidayOpening
from hocsuotdoi.places.models.institution import (
    Closure,
    Equipment,
    Institution,
    InstitutionAgency,
    InstitutionPlacement,
    InstitutionStatus,
    OpeningHours,
    Room,
)
from hocsuotdoi.places.models.reform import TerritoryReform
from hocsuotdoi.places.models.unit import (
    AdminUnit,
    LegalAct,
    LoadedReference,
    Succession,
    UnitAncestry,
    UnitNote,
    UnitParent,
    UnitReading,
)

__all__ = [
    "AdminUnit",
    "Agency",
    "AgencyLine",
    "Closure",
    "Equipment",
    "HolidayDecision",
    "HolidayOpening",
    "Institution",
    "InstitutionAgency",
    "InstitutionPlacement",
    "InstitutionStatus",
    "LegalAct",
    "LoadedReference",
    "OpeningHours",
    "Room",
    "Succession",
    "TerritoryReform",
    "UnitAncestry",
    "UnitNote",
    "UnitParent",
    "UnitReading",
]
