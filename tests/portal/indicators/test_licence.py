"""The licence of the open data: said wherever figures leave the program, or plainly that nobody has named one."""

import io
import json
import os
import subprocess
import sys

import pytest
from django.core.cache import cache
from django.urls import reverse
from openpyxl import load_workbook

from hocsuotdoi.api.documentation import description

NAME, URL = "Giấy phép Ghi công 4.0 Quốc tế", "https://creativecommons.org/licenses/by/4.0/deed.vi"
NOT_NAMED = "chưa công bố giấy phép sử dụng dữ liệu"
CODE = "library_services"
PAGES = [
    reverse("portal:indicators-open"),
    reverse("portal:indicators-dictionary"),
    reverse("portal:indicators-indicator-detail", args=[CODE]),
    reverse("api:documentation"),
]
FILES = [
    *(reverse("portal:indicators-indicator-file", args=[CODE, form]) for form in ("csv", "xlsx", "adx", "sdmx")),
    *(reverse("portal:indicators-dictionary-file", args=[form]) for form in ("csv", "xlsx", "json")),
    reverse("portal:indicators-sdmx-structure"),
    reverse("portal:indicators-dhis2-metadata"),
    reverse("portal:indicators-counts-file") + "?measures=loan",
]


@pytest.fixture(autouse=True)
def _anew(db):
    cache.clear()
    description._described.cache_clear()
    yield
    description._described.cache_clear()


@pytest.fixture
def named(settings):
    settings.DATA_LICENCE_NAME, settings.DATA_LICENCE_URL = NAME, URL


@pytest.mark.slow
def test_named_licence_goes_with_pages_files_and_answers(client, target, posting, day, named):
    for page in PAGES:
        text = client.get(page).content.decode()
        assert NAME in text and URL in text and NOT_NAMED not in text, page
    for file in FILES:
        assert client.get(file)["Link"] == f'<{URL}>; rel="license"', file

    values = client.get(reverse("api:indicators-indicator-values", args=[CODE])).json()
    totals = client.get(reverse("api:indicators-figure-totals") + "?measures=loan").json()
    assert values["licence"] == totals["licence"] == URL
    assert client.get(reverse("api:openapi")).json()["info"]["license"] == {"name": NAME, "url": URL}
    assert json.loads(client.get(FILES[6]).content)["rights"].endswith(URL)
    assert load_workbook(io.BytesIO(client.get(FILES[1]).content)).properties.description.endswith(URL)
    flows = json.loads(client.get(FILES[7]).content)["data"]["dataflows"]
    assert all(flow["annotations"][0]["text"].endswith(URL) for flow in flows)
    told = client.get(PAGES[2]).content.decode().split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(told)["license"] == URL


@pytest.mark.slow
def test_that_nobody_has_named_one_is_said(client, target, posting, day):
    for page in PAGES:
        assert NOT_NAMED in client.get(page).content.decode(), page
    for file in FILES:
        assert "Link" not in client.get(file), file
    assert client.get(reverse("api:indicators-indicator-values", args=[CODE])).json()["licence"] is None
    assert "license" not in client.get(reverse("api:openapi")).json()["info"]
    assert NOT_NAMED in json.loads(client.get(FILES[6]).content)["rights"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "url"), [("CC BY", ""), ("", URL), ("CC BY", "javascript:alert(1)"), ("CC BY", "https://a.vn/ <x>")]
)
def test_half_a_licence_stops_the_start(name, url, tmp_path):
    more = {"DATA_LICENCE_NAME": name, "DATA_LICENCE_URL": url, "DATA_DIR": str(tmp_path)}
    code = "import hocsuotdoi.config.settings"
    run = subprocess.run(
        [sys.executable, "-c", code], env={**os.environ, **more}, text=True, capture_output=True, check=False
    )
    assert run.returncode and "belong together" in run.stderr
