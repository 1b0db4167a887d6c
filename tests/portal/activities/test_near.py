import json

from django.urls import reverse

from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit

URL = reverse("portal:activities-near-current")


def centres(table: dict) -> dict[str, tuple[float, float]]:
    found = {}
    code = north = east = 0
    for step_of_code, up, right in zip(table["codes"], table["north"], table["east"], strict=True):
        code, north, east = code + step_of_code, north + up, east + right
        found[f"{code:05d}"] = (north / table["steps"], east / table["steps"])
    return found


def test_table_leads_to_an_address_that_is_kept_for_ever(client, bac_kan):
    here = client.get(URL)
    table = client.get(here["Location"])

    assert here.status_code == 302
    assert "immutable" in table["Cache-Control"]
    assert client.get(reverse("portal:activities-near-table", args=["old"]))["Location"] == here["Location"]


def test_table_without_any_centre_is_empty(client, bac_kan):
    assert client.get(URL, follow=True).json() == {"steps": 200, "codes": [], "north": [], "east": []}


def test_table_holds_every_commune_within_half_a_kilometre_and_is_small(client, reference):
    response = client.get(URL, follow=True, headers={"accept-encoding": "gzip"})
    told = centres(json.loads(client.get(response.request["PATH_INFO"]).content))
    units = AdminUnit.objects.filter(tier=Tier.COMMUNE, ends_on=None, latitude__isnull=False)

    assert len(response.content) < 12_000
    assert set(told) == set(units.values_list("code", flat=True))
    for unit in units:
        assert abs(told[unit.code][0] - unit.latitude) <= 0.0026
        assert abs(told[unit.code][1] - unit.longitude) <= 0.0026
