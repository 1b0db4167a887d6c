"""What a run leaves to the next: every other case of a browser's test, and nothing else."""

from types import SimpleNamespace

import pytest

from tests.support import depth


def _items(*names: str, fixtures: tuple[str, ...] = ("visitor",)) -> list[SimpleNamespace]:
    items = [SimpleNamespace(nodeid=name, fixturenames=fixtures) for name in names]
    for each in items:
        if "[" in each.nodeid:
            each.callspec = object()
    return items


@pytest.fixture
def _whole_run(monkeypatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", "thử")
    monkeypatch.setattr(depth, "DEEP", False)


@pytest.mark.usefixtures("_whole_run")
def test_every_other_case_is_left_and_all_processes_agree() -> None:
    items = _items(*(f"test_a[{number}]" for number in range(6)), "test_b[phone]", "test_b[desk]")
    left = [each.nodeid for each in depth.left_to_the_next_run(items)]
    assert left[:3] in ([f"test_a[{number}]" for number in (0, 2, 4)], [f"test_a[{number}]" for number in (1, 3, 5)])
    assert len(left) == 4
    assert [each.nodeid for each in depth.left_to_the_next_run(items)] == left


@pytest.mark.usefixtures("_whole_run")
def test_each_case_has_its_run(monkeypatch) -> None:
    items, tried = _items("test_a[phone]", "test_a[desk]"), set()
    for run in range(40):
        monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", str(run))
        [left] = depth.left_to_the_next_run(items)
        tried |= {each.nodeid for each in items if each is not left}
    assert tried == {"test_a[phone]", "test_a[desk]"}


@pytest.mark.usefixtures("_whole_run")
def test_what_has_no_cases_or_no_browser_is_never_left() -> None:
    assert depth.left_to_the_next_run([*_items("test_a", "test_b"), *_items("c[1]", "c[2]", fixtures=("db",))]) == []


def test_whoever_asks_for_tests_in_one_process_or_for_depth_gets_all(monkeypatch) -> None:
    items = _items("test_a[phone]", "test_a[desk]")
    monkeypatch.delenv("PYTEST_XDIST_TESTRUNUID", raising=False)
    assert depth.left_to_the_next_run(items) == []
    monkeypatch.setenv("PYTEST_XDIST_TESTRUNUID", "thử")
    monkeypatch.setattr(depth, "DEEP", True)
    assert depth.left_to_the_next_run(items) == []
