"""What was divided by a reform and is counted whole is said in every form in which figures leave, not on pages only."""

import csv
import io

import pytest
from django.core.cache import cache
from django.urls import reverse
from lxml import etree

from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.places.enums import SuccessionKind, Tier, UnitKind
from hocsuotdoi.places.models import AdminUnit, Succession, UnitParent
from hocsuotdoi.places.operations.ancestry import rebuild
from tests.factories.ledger import make_posting
from tests.factories.places import InstitutionFactory, UnitFactory
from tests.people import REFORM

FILE = "portal:indicators-indicator-file"
SAID = "được tính trọn cho phường Bắc Kạn, vì đây là nơi nhận phần chính"


@pytest.fixture
def divided(db, bac_kan, duc_xuan, thai_nguyen) -> AdminUnit:
    """A commune of old whose main part went to Bắc Kạn and another to Đức Xuân."""
    cache.clear()
    old = UnitFactory(name="Xã Chia Đôi", tier=Tier.COMMUNE, kind=UnitKind.COMMUNE, ends_on=REFORM)
    UnitParent.objects.create(unit=old, parent=thai_nguyen, ends_on=REFORM)
    for unit in (bac_kan, duc_xuan):
        Succession.objects.create(
            predecessor=old,
            successor=unit,
            kind=SuccessionKind.SPLIT,
            effective_on=REFORM,
            is_main=unit == bac_kan,
            is_origin=True,
        )
    rebuild()
    return old


def rows_of(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))


@pytest.fixture
def table(thai_nguyen, day) -> dict[str, object]:
    return {
        "measures": ["library_visit"],
        "unit": thai_nguyen.code,
        "level": "commune",
        "rows": "unit_id",
        "columns": "starts_on",
        "first": f"{day.year}-01",
        "last": f"{day.year}-12",
        "period": "year",
        "map": "today",
    }


def test_csv_and_sdmx_of_an_indicator_say_it_at_the_units_touched(client, target, posting, divided, duc_xuan):
    asked = {"unit": "VN", "level": "communes"}
    other = UnitFactory(tier=Tier.COMMUNE, kind=UnitKind.COMMUNE, parent=duc_xuan.parents.get().parent)
    plain = {row["unit"]: row for row in rows_of(client.get(reverse(FILE, args=["library_services", "csv"]), asked))}
    sdmx = {
        row["REF_AREA"]: row for row in rows_of(client.get(reverse(FILE, args=["library_services", "sdmx"]), asked))
    }

    for code in ("01843", "01840"):
        assert SAID in plain[code]["territory_note"]
        assert SAID in sdmx[f"VN_{code}"]["COMMENT_OBS"]
    assert plain[other.code]["territory_note"] == ""
    assert "chia" not in sdmx[f"VN_{other.code}"]["COMMENT_OBS"]
    reported = rows_of(client.get(reverse(FILE, args=["library_services", "csv"]), asked | {"map": "reported"}))
    assert {row["territory_note"] for row in reported} == {""}


def test_structure_explains_the_column_of_comments(client, definitions):
    told = client.get(reverse("portal:indicators-sdmx-structure")).json()["data"]
    for each in told["dataStructures"]:
        attributes = each["dataStructureComponents"]["attributeList"]["attributes"]
        assert "COMMENT_OBS" in {attribute["id"] for attribute in attributes}
        assert each["version"] == "1.2.0"


def test_table_says_it_in_csv_and_sdmx_row_by_row(client, posting, divided, table, bac_kan, thai_nguyen):
    make_posting(InstitutionFactory(unit=UnitFactory(parent=thai_nguyen)), REFORM, measure=MeasureCode.LIBRARY_VISIT)
    rows = {row["Nơi"]: row for row in rows_of(client.get(_table("csv"), table))}
    assert SAID in rows[bac_kan.name]["Ghi chú"]
    assert rows[bac_kan.name]["Tổng"] == "12", "numbers stand where they stood"
    assert [name for name, row in rows.items() if not row["Ghi chú"]], "of others nothing is said"
    sdmx = {row["REF_AREA"]: row["COMMENT_OBS"] for row in rows_of(client.get(_table("sdmx"), table))}
    assert SAID in sdmx["VN_01843"]
    assert "Ghi chú" not in rows_of(client.get(_table("csv"), table | {"map": "reported"}))[0]


def test_table_of_one_unit_says_it_in_every_row(client, posting, divided, table, bac_kan):
    asked = table | {"unit": bac_kan.code, "level": "", "rows": "starts_on", "columns": ""}
    (row,) = rows_of(client.get(_table("csv"), asked))
    assert SAID in row["Ghi chú"]


def _table(form: str) -> str:
    return reverse("portal:indicators-pivot-file", args=[form])


@pytest.mark.parametrize(("language", "said"), [("vi", SAID), ("en", "counts whole for phường Bắc Kạn")])
def test_api_says_it_of_values_and_totals(client, target, posting, divided, thai_nguyen, day, language, said):
    asked = {"headers": {"Accept-Language": language}}
    values = client.get("/api/v1/indicators/library_services/values?unit=01843", **asked).json()
    assert said in " ".join(values["items"][0]["notes"])
    reported = client.get("/api/v1/indicators/library_services/values?unit=01843&map=reported", **asked).json()
    assert reported["items"][0]["notes"] == []
    totals = f"/api/v1/figures/totals?measures=library_visit&unit=19&tier=commune&first={day.year}"
    told = client.get(totals, **asked).json()
    notes = {row["key"]: " ".join(row["notes"]) for row in told["items"]}
    assert said in notes["01843"] and said in notes["01840"]
    assert len(told["notes"]) == 1, "of the province, within which it was divided"
    assert client.get(f"{totals}&map=reported", **asked).json()["notes"] == []


def test_adx_says_it_and_marks_what_is_provisional(client, posting, divided, day):
    asked = {"measures": "library_visit", "unit": "VN", "level": "communes", "first": day.year - 1, "last": day.year}
    body = client.get(reverse("portal:indicators-counts-file"), asked).content
    (group,) = etree.fromstring(body)
    assert group.get("comment").startswith("Tạm tính: kỳ chưa kết thúc · ")
    assert SAID in group.get("comment")
