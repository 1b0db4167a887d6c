"""The databases, the running program and the browser that tests share; docs/testing.md explains which to use when."""

import datetime as dt
import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings as django_settings
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import settings
from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.support import browser as browsers
from tests.support import databases, depth, network, program

pytest_plugins = ["tests.people"]

# A busy machine is no failure: laws are about results, not about milliseconds.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

VIET_NAM = ZoneInfo("Asia/Ho_Chi_Minh")
_databases = databases.Databases(os.environ["DATABASE_URL"])
_LIVE = f"hsd_run_{os.getpid()}_live"


def pytest_configure() -> None:
    network.turn_off()
    django_settings.PASSWORD_HASHERS = ["tests.support.passwords.QuickHasher"]
    # Each test's client is a web server of its own: static files are looked for when one is asked for, not all at its
    # start.
    django_settings.WHITENOISE_AUTOREFRESH = True
    # Django would empty every table after a test that commits; append-only tables refuse that, so clone anew.
    TransactionTestCase._fixture_teardown = lambda self: _databases.renew(_current_kind[0])  # type: ignore[method-assign]


_current_kind = [databases.EMPTY]


def _kind_of(item: pytest.Item) -> str:
    return databases.REFERENCE if "reference" in getattr(item, "fixturenames", ()) else databases.EMPTY


def _has_own_database(item: pytest.Item) -> bool:
    """Whether its database is this process's clone: one of its fixtures says so, or Django's class of tests."""
    names = {"db", "transactional_db", "reference"}
    of_django = issubclass(getattr(item, "cls", None) or object, TransactionTestCase)
    return bool(of_django or item.get_closest_marker("django_db") or names & set(getattr(item, "fixturenames", ())))


def _needs_database(item: pytest.Item) -> bool:
    return _has_own_database(item) or bool({"live_program", "_clone"} & set(getattr(item, "fixturenames", ())))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left = {item.nodeid for item in depth.left_to_the_next_run(items)}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in left])
    items[:] = [item for item in items if item.nodeid not in left]
    # The files that take longest come first, or one process would still be busy with one when the other has nothing
    # left: those with a running program, then those with many slow tests. (A file stays with one process.)
    weights: Counter[Path] = Counter()
    with_database: set[Path] = set()
    for item in items:
        runs = "live_program" in getattr(item, "fixturenames", ())
        weights[item.path] += 1000 if runs else 20 if item.get_closest_marker("slow") else 1
        if _needs_database(item):
            with_database.add(item.path)
    # While the first process makes the template databases, the other tests what needs none.
    first = max(with_database, key=lambda path: (weights[path], str(path)), default=None)

    def place(item: pytest.Item) -> tuple[object, ...]:
        # In a file, tests on the same data come together, so that the connection changes over once.
        runs = "live_program" in getattr(item, "fixturenames", ())
        turn = 0 if item.path == first else 2 if item.path in with_database else 1
        return turn, -weights[item.path], str(item.path), runs, _kind_of(item)

    items.sort(key=place)


def pytest_collection_finish() -> None:
    # What is loaded by now stays: going through all of it again and again is a tenth of the whole run.
    gc.freeze()
    gc.set_threshold(50_000)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment: None) -> Iterator[None]:
    """Takes the place of pytest-django's: databases are cloned when a test first needs one of their kind."""
    yield
    _databases.close()


@pytest.fixture(autouse=True)
def _database_of_the_test(request: pytest.FixtureRequest) -> None:
    """Runs before pytest-django opens the test's transaction (see `pytest_runtest_setup`)."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    if "live_program" in getattr(item, "fixturenames", ()) or not _has_own_database(item):
        return
    from pytest_django.plugin import blocking_manager_key

    _current_kind[0] = _kind_of(item)
    with item.config.stash[blocking_manager_key].unblock():
        databases.use_database(_databases.own(_current_kind[0]))


@pytest.fixture
def reference(request: pytest.FixtureRequest) -> None:
    """The real territory, agencies and institutions, the definitions and the five documents are in the database."""
    if "live_program" not in request.fixturenames:
        request.getfixturevalue("db")


@pytest.fixture
def today() -> dt.date:
    """The day on which tests take place: that of the reading day in the story."""
    return dt.date(2026, 11, 23)


@pytest.fixture
def now(today: dt.date) -> dt.datetime:
    """Half past nine in the morning of `today`, in Viet Nam."""
    return dt.datetime.combine(today, dt.time(9, 30), VIET_NAM)


@pytest.fixture(scope="session")
def program_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The DATA_DIR of started programs: the first to start collects the static files, all others find them."""
    base = tmp_path_factory.getbasetemp()
    return (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "program"


@pytest.fixture(scope="session")
def _started_program(program_folder: Path, django_db_blocker: pytest.Item) -> Iterator[program.LiveProgram]:
    """Started once in each test process, on a database that `_live_program` makes anew for each file."""
    running = program.start_program(_LIVE, _databases.url(_LIVE), program_folder)
    yield running
    running.kill()
    with django_db_blocker.unblock():
        _databases.drop(_LIVE)


@pytest.fixture(scope="module")
def _live_program(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: pytest.Item
) -> program.LiveProgram:
    with django_db_blocker.unblock():
        _databases.clone_anew(databases.REFERENCE, _LIVE)
    running = request.getfixturevalue("_started_program")
    assert running.process.poll() is None, "The program has ended:\n" + "".join(running.output)
    return running


@pytest.fixture
def live_program(
    request: pytest.FixtureRequest, _live_program: program.LiveProgram, django_db_blocker: pytest.Item
) -> Iterator[program.LiveProgram]:
    """The program, really running; each test file has its database to itself, with the reference data.

    In the test, Django's own connection leads to that database and commits at once, so factories and operations
    prepare what the program then shows.
    """
    if "_django_db_helper" in request.fixturenames and request.node.get_closest_marker("django_db"):
        pytest.fail("A test with `live_program` commits by nature: leave out `db` and `django_db`.")
    with django_db_blocker.unblock():
        databases.use_database(_live_program.database)
        yield _live_program
        connections.close_all()


@pytest.fixture(scope="session")
def _playwright() -> Iterator[Playwright]:
    with browsers.started_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session")
def chromium(_playwright: Playwright) -> Iterator[Browser]:
    with browsers.started_browser(_playwright) as browser:
        yield browser


@pytest.fixture(scope="session")
def _whole_chromium(_playwright: Playwright) -> Iterator[Browser]:
    with browsers.started_browser(_playwright, is_whole=True) as browser:
        yield browser


@pytest.fixture
def visitor(
    request: pytest.FixtureRequest, live_program: program.LiveProgram
) -> Iterator[Callable[..., BrowserContext]]:
    """Makes fresh visitors of the running program: `visitor(viewport=PHONE, java_script_enabled=False)`."""
    is_whole = request.node.get_closest_marker("whole_browser")
    browser = request.getfixturevalue("_whole_chromium" if is_whole else "chromium")
    contexts: list[BrowserContext] = []

    def arrive(**options: object) -> BrowserContext:
        contexts.append(browsers.new_context(browser, live_program.url, **options))
        return contexts[-1]

    yield arrive
    for context in contexts:
        context.close()


@pytest.fixture
def page(visitor: Callable[..., BrowserContext]) -> Iterator[Page]:
    """A page of the running program; the test fails when the browser complained of an error."""
    page = visitor().new_page()
    errors = browsers.watch_for_errors(page)
    yield page
    assert errors == []


@pytest.fixture
def accessibility() -> Callable[..., list[str]]:
    """`assert accessibility(page) == []`"""
    return browsers.accessibility_problems
