"""Static files are collected when their sources changed and only then; what is served is what the sources say."""

import json
import os
import re
import threading
import urllib.request
from fnmatch import fnmatch
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.staticfiles import finders
from django.test import override_settings

from hocsuotdoi.config import web
from hocsuotdoi.config.static_files import _MODULES_THAT_IMPORT, collect_static
from tests.support.program import start_program

LONG_AGO = 946_684_800
PACKAGE = Path(web.__file__).parents[1]


@pytest.fixture
def sources(tmp_path):
    """A folder of two files, collected under fingerprints as `serve` does."""
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "house.css").write_text("body { color: black }")
    (folder / "note.txt").write_text("một")
    hashed = {"BACKEND": "hocsuotdoi.config.static_files.FingerprintedFiles"}
    with override_settings(
        STATIC_ROOT=tmp_path / "data" / "static",
        STATICFILES_DIRS=[folder],
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
        STORAGES={**django_settings.STORAGES, "staticfiles": hashed},
    ):
        finders.get_finder.cache_clear()
        assert collect_static()
        yield folder
    finders.get_finder.cache_clear()


def served(name: str) -> str:
    """What stands under the fingerprint that pages name."""
    root = Path(django_settings.STATIC_ROOT)
    return (root / json.loads((root / "staticfiles.json").read_text())["paths"][name]).read_text()


def test_unchanged_sources_are_not_collected_again(sources):
    os.utime(sources / "house.css")

    assert not collect_static()
    assert served("house.css") == "body { color: black }"


@pytest.mark.parametrize("time", [None, LONG_AGO], ids=["now", "older than the copy"])
def test_source_that_changed_is_collected_whatever_its_size_and_time(sources, time):
    before = (sources / "house.css").stat()
    (sources / "house.css").write_text("body { color: white }")
    os.utime(sources / "house.css", (time or before.st_mtime,) * 2)

    assert collect_static()
    assert served("house.css") == "body { color: white }"
    assert not collect_static()


def test_source_that_was_added_or_removed_is_collected(sources):
    (sources / "new.txt").write_text("hai")
    assert collect_static()
    assert served("new.txt") == "hai"

    (sources / "note.txt").unlink()
    assert collect_static()
    assert [path.name for path in Path(django_settings.STATIC_ROOT).glob("note*")] == []


@pytest.mark.parametrize("harm", ["emptied", "a file cut short", "a file gone", "no account"])
def test_what_is_broken_is_repaired(sources, harm):
    root = Path(django_settings.STATIC_ROOT)
    match harm:
        case "emptied":
            for file in root.iterdir():
                file.unlink()
        case "a file cut short":
            (root / "house.css").write_text("")
        case "a file gone":
            (root / "house.css").unlink()
        case "no account":
            root.with_suffix(".collected").unlink()

    assert collect_static()
    assert served("house.css") == "body { color: black }"
    assert not collect_static()


def test_collection_that_was_broken_off_is_done_again(sources):
    broken = sources / "broken.css"
    broken.write_text('body { background: url("nowhere.png") }')
    with pytest.raises(Exception, match="nowhere"):
        collect_static()

    broken.unlink()

    assert collect_static()
    assert served("house.css") == "body { color: black }"


def test_two_that_start_at_once_collect_once(sources):
    (sources / "new.txt").write_text("hai")
    start, collected = threading.Barrier(2), []

    def run() -> None:
        start.wait(timeout=10)
        collected.append(collect_static())

    threads = [threading.Thread(target=run) for _n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(collected) == [False, True]
    assert served("new.txt") == "hai"


def test_folder_that_cannot_be_written_keeps_the_web_from_starting_and_is_named(db, sources, tmp_path):
    (tmp_path / "file").touch()
    with override_settings(STATIC_ROOT=tmp_path / "file" / "static"):
        assert "file/static" in (web.prepare() or "")


@pytest.mark.slow
def test_program_started_again_serves_what_the_first_start_collected(live_program, program_folder):
    collected = (program_folder / "static.collected").stat().st_mtime_ns

    program = start_program(live_program.database, live_program.database_url, program_folder)
    try:
        with urllib.request.urlopen(program.url + "/accounts/login/") as page:
            style = re.search(r'href="(/static/[^"]+\.css)"', page.read().decode())
        with urllib.request.urlopen(program.url + style[1]) as answer:
            assert answer.status == 200
    finally:
        program.kill()

    assert (program_folder / "static.collected").stat().st_mtime_ns == collected


def test_modules_name_each_other_by_fingerprint_across_folders(sources):
    """Without a network a module is there only under the name that the service worker fetched it by."""
    (sources / "roll").mkdir()
    (sources / "inspection").mkdir()
    (sources / "roll" / "dom.js").write_text("export const h = 1;")
    (sources / "inspection" / "store.js").write_text("export const keep = 2;")
    (sources / "inspection" / "app.js").write_text(
        'import { h } from "../roll/dom.js";\nimport { keep } from "./store.js";\n'
    )
    assert collect_static()
    text = served("inspection/app.js")
    assert re.search(r'from "\.\./roll/dom\.[0-9a-f]{12}\.js"', text)
    assert re.search(r'from "\./store\.[0-9a-f]{12}\.js"', text)


def test_every_module_of_ours_that_imports_another_is_among_them():
    importing = [
        str(module.relative_to(folder))
        for folder in PACKAGE.glob("*/static")
        for module in folder.rglob("*.js")
        if re.search(r'from "\.\.?/', module.read_text())
    ]
    assert len(importing) > 10
    assert [each for each in importing if not any(fnmatch(each, known) for known in _MODULES_THAT_IMPORT)] == []
