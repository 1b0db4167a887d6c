"""What belongs on every map of the country: its sea, and the archipelagos by name."""

from django.utils.translation import gettext as _

from hocsuotdoi.core.charts.points import Spot

ISLANDS_FROM = 111
"""Degrees of longitude: the archipelagos are named on the map."""
SEA = (12.9, 112.4)
ISLETS = (
    (16.53, 111.61),
    (16.83, 112.33),
    (16.45, 111.51),
    (16.67, 112.73),
    (15.78, 111.2),
    (8.65, 111.92),
    (11.43, 114.33),
    (11.05, 114.28),
    (10.38, 114.48),
    (10.18, 114.36),
    (9.88, 114.33),
    (8.97, 113.7),
    (7.88, 112.92),
    (8.1, 113.3),
)
"""Latitude and longitude of islands of Hoàng Sa and Trường Sa, so that the archipelagos show as such on the country's
map; the figure of each stands at its special zone."""


def sea_and_islets() -> list[Spot]:
    islets = [Spot(latitude, longitude, standing="islet") for latitude, longitude in ISLETS]
    return [*islets, Spot(*SEA, standing="sea", label=(_("East Sea"),))]


def island_label(name: str, province: str) -> tuple[str, str]:
    """Two lines: the archipelago, and the province that it belongs to."""
    return _("Archipelago of {name}").format(name=name), f"({province})"
