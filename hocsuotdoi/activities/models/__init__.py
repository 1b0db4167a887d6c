from hocsuotdoi.activities.models.activity import Activity, Contributor, Question
from hocsuotdoi.activities.models.booking import ClassBooking, SchoolProgramme
from hocsuotdoi.activities.models.registration import (
    HOLDING,
    Enrolment,
    Notice,
    Participant,
    PushSubscription,
    Registration,
)
from hocsuotdoi.activities.models.roll import Attendance, DeviceMark, Rating, Tally
from hocsuotdoi.activities.models.session import EquipmentUse, Schedule, Session

__all__ = [
    "HOLDING",
    "Activity",
    "Attendance",
    "ClassBooking",
    "Contributor",
    "DeviceMark",
    "Enrolment",
    "EquipmentUse",
    "Notice",
    "Participant",
    "PushSubscription",
    "Question",
    "Rating",
    "Registration",
    "Schedule",
    "SchoolProgramme",
    "Session",
    "Tally",
]
