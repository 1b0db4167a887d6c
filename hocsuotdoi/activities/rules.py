"""What a closed session counts as in the ledger."""

from collections.abc import Iterable

from hocsuotdoi.activities.enums import ActivityKind
from hocsuotdoi.ledger.enums import Channel, MeasureCode, Purpose

_STUDY = frozenset({ActivityKind.MUSEUM_PROGRAMME, ActivityKind.CLASS, ActivityKind.TALK, ActivityKind.CONTEST})
_RECREATION = frozenset({ActivityKind.PERFORMANCE, ActivityKind.SPORTS})
_LIBRARIES = ("library_", "bookcase", "law_bookcase", "post_office_culture_point", "mobile_library")
_MUSEUMS = ("museum_", "heritage_site")


def is_training_of_staff(kind: str) -> bool:
    """Whether those who come work in libraries, museums or centres: they are trained (decision 0135)."""
    return kind == ActivityKind.STAFF_TRAINING


def visit_of(
    institution_class: str, kind: str, channel: str, *, is_class_visit: bool = False
) -> tuple[MeasureCode, Purpose] | None:
    """The visit that each person present at a session also makes, and for what; None online: nobody came in. A class
    that a teacher brings to a museum studies there, whatever kind of activity it comes to."""
    if channel == Channel.ONLINE:
        return None
    if institution_class.startswith(_LIBRARIES):
        return MeasureCode.LIBRARY_VISIT, Purpose.LEARNING
    if institution_class.startswith(_MUSEUMS):
        return (
            MeasureCode.MUSEUM_VISIT,
            Purpose.STUDY_RESEARCH if is_class_visit or kind in _STUDY else Purpose.SIGHTSEEING,
        )
    return MeasureCode.CENTRE_VISIT, Purpose.RECREATION if kind in _RECREATION else Purpose.LEARNING


def tags_of(
    kind: str, themes: list[str], observance: str, programmes: Iterable[str] = (), groups: Iterable[str] = ()
) -> list[str]:
    """What an entry is tagged with: what it was, its themes, the day it observes, the programmes it counts for as well,
    the groups it was for. Their codes never collide; each stands once, so that each report counts it once."""
    return list(dict.fromkeys([kind, *themes, *([observance] if observance else []), *programmes, *groups]))
