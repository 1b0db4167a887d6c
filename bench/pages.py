"""The pages that a burst asks for, cold and asked again; and how they grow with the number of activities."""

from collections.abc import Callable

from bench.fill import fill
from bench.load import Result, get, rush
from bench.report import Table
from bench.stage import Stage, settle
from hocsuotdoi.activities.models import Activity

SIZES = (1_000, 10_000, 100_000)
SEARCHES = [
    "/activities/",
    "/activities/?q=doc+sach",
    "/activities/?q=%C4%91%E1%BB%8Dc+s%C3%A1ch",
    "/activities/?unit=19",
    "/activities/calendar/",
    "/activities/map/",
    "/activities/feed.ics?unit=19",
]


def run(stage: Stage) -> Table:
    table = Table("Pages", "a second, uncached, two web processes, sixteen clients; the wait in the middle")
    for size in SIZES:
        fill(stage, size)
        settle()
        ids = list(Activity.objects.order_by("pk").values_list("pk", flat=True)[:2_000])
        paths = [f"/activities/{pk}/" for pk in ids]
        with stage.program(PAGE_KEPT_SECONDS="0"):
            rush(stage.port, lambda n: get("/nothing/"), seconds=2)
            nothing = rush(stage.port, lambda n: get("/nothing/"), seconds=4)
            page = rush(stage.port, one_of(paths), seconds=6)
            _row(table, f"activity page, {size:,} activities", page, nothing)
            for path in SEARCHES:
                _row(table, f"{path}, {size:,} activities", rush(stage.port, one_of([path]), seconds=4), nothing)
    with stage.program():
        rush(stage.port, one_of(["/nothing/"]), seconds=2)
        nothing = rush(stage.port, one_of(["/nothing/"]), seconds=4)
        for name, path in (("activity page, kept", paths[0]), ("/activities/, kept", "/activities/")):
            _row(table, f"{name} five seconds", rush(stage.port, one_of([path]), seconds=6), nothing)
    return table


def one_of(paths: list[str]) -> Callable[[int], bytes]:
    return lambda n: get(paths[n % len(paths)])


def _row(table: Table, name: str, page: Result, nothing: Result) -> None:
    assert set(page.statuses) == {200}, (name, page.statuses)
    table.add(
        name, f"{page.rate:,.0f}/s", f"wait {page.middle:.0f} ms; {page.rate / nothing.rate:.2f} of an empty page"
    )
