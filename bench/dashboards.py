"""How long a page of figures takes with the book filled: alone, uncached, and with it the dearest of its pictures.

A picture is timed as it is fetched for the first time.
"""

import datetime as dt
import html
import http.client
import re
import statistics
import time

from django.utils import timezone

from bench.report import Table
from bench.stage import Stage
from hocsuotdoi.indicators.operations.parts import refresh
from hocsuotdoi.places.models import AdminUnit

BUDGET_MS = 300
TIMES = 5
WRITTEN_ON = 20
AGAIN = ("one indicator, the country", "the country", "a province")
GROWTH = "/indicators/library_users_growth/"


def time_pages(stage: Stage, table: Table) -> None:
    """A line for each page: the wait, and how much of the budget it takes. Parts of figures are kept before, as the
    worker keeps them; then some pages again, with communes on which something has been written since."""
    today = timezone.localdate()
    started = time.perf_counter()
    leaves = refresh(today)
    table.add("parts of figures, all years made anew", f"{time.perf_counter() - started:.0f} s", f"{leaves} leaves")
    stage.sql("VACUUM ANALYZE indicators_keptparts, indicators_partsstale, indicators_partsmark")
    _time_them(stage, table, _pages())
    stage.sql(
        "INSERT INTO indicators_partsmark (place_id) SELECT id FROM places_adminunit "
        f"WHERE tier = 'commune' AND ends_on IS NULL ORDER BY code LIMIT {WRITTEN_ON}"
    )
    _time_them(
        stage, table, [(f"{name}, {WRITTEN_ON} communes stale", path) for name, path in _pages() if name in AGAIN]
    )
    started = time.perf_counter()
    leaves = refresh(today)
    table.add("parts of figures refreshed", f"{time.perf_counter() - started:.1f} s", f"{leaves} leaves")


def _time_them(stage: Stage, table: Table, pages: list[tuple[str, str]]) -> None:
    with stage.program(PAGE_KEPT_SECONDS="0"):
        for name, path in pages:
            page, body = _middle(stage.port, path)
            assert "/table/" not in path or "<table" in body, path
            pictures = sorted(set(re.findall(r'"(/indicators/pictures/[^"]+)"', body)))
            drawn = max((_milliseconds(stage.port, picture) for picture in pictures), default=0.0)
            told = f"{page / BUDGET_MS:.2f} of {BUDGET_MS} ms"
            table.add(
                f"page: {name}",
                f"{page:.0f} ms",
                told + (f"; dearest of {len(pictures)} pictures {drawn:.0f} ms" if pictures else ""),
            )


def _pages() -> list[tuple[str, str]]:
    today = dt.date(2026, 1, 15)
    units = AdminUnit.objects.on(today)
    country, province, commune = (
        units.filter(tier=tier).order_by("code").values_list("code", flat=True)[0]
        for tier in ("country", "province", "commune")
    )
    year = "year=2025"
    laid_out = "/indicators/table/?measures=library_visit&first=2021-01&last=2025-12"
    by_time = "rows=unit_id&columns=starts_on&map=today&period"
    return [
        ("all indicators, the country", f"/indicators/?{year}"),
        ("all indicators, a province", f"/indicators/?unit={province}&{year}"),
        ("one indicator, the country", f"{GROWTH}?{year}"),
        ("one indicator, a province", f"{GROWTH}?unit={province}&{year}"),
        ("one indicator, provinces side by side", f"{GROWTH}?{year}&view=units"),
        ("one indicator, commune by commune on a map", f"{GROWTH}?{year}&view=map"),
        ("the country", f"/indicators/units/{country}/?{year}"),
        ("a province", f"/indicators/units/{province}/?{year}"),
        ("a commune", f"/indicators/units/{commune}/?{year}"),
        ("comparison", f"/indicators/compare/?{year}"),
        ("table: provinces by year", f"{laid_out}&unit={country}&level=province&{by_time}=year"),
        ("table: a province's communes by quarter",
         f"{laid_out}&unit={province}&level=commune&{by_time}=quarter"),
        ("table: 3,321 communes by year", f"{laid_out}&unit={country}&level=commune&{by_time}=year"),
        ("table: classes by year",
         f"{laid_out}&unit={country}&rows=institution_class&columns=starts_on&period=year&map=today"),
        ("table: provinces by year, as reported",
         f"{laid_out}&unit={country}&level=province&rows=unit_id&columns=starts_on&period=year&map=reported"),
    ]  # fmt: skip


def _middle(port: int, path: str) -> tuple[float, str]:
    """Milliseconds, and what the page says."""
    body = _get(port, path)
    return statistics.median(_milliseconds(port, path) for _time in range(TIMES)), html.unescape(body)


def _milliseconds(port: int, path: str) -> float:
    started = time.perf_counter()
    _get(port, path)
    return (time.perf_counter() - started) * 1000


def _get(port: int, path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    assert answer.status == 200, (path, answer.status, body[:2000])
    return body
