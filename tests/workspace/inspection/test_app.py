"""The page of the visit on the phone: the same for everybody, holds nobody's data, has all that it says and fetches."""

import json
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.utils import translation

from hocsuotdoi.workspace.inspection_app.shell import FILES
from hocsuotdoi.workspace.inspection_app.words import words

SCRIPTS = Path(__file__).parents[3] / "hocsuotdoi" / "workspace" / "static" / "inspection"
OURS = [*SCRIPTS.glob("*.js"), SCRIPTS.parent / "roll" / "wording.js"]


def test_the_page_is_the_same_for_everybody(client, visit, inspector):
    strangers = client.get("/inspection/app/")
    client.force_login(inspector)
    assert client.get("/inspection/app/").content == strangers.content
    assert visit.institution.name not in strangers.content.decode()
    assert strangers["Cache-Control"] == "no-cache"


def test_the_worker_names_files_that_are_there(client, db):
    text = client.get("/inspection/app/worker.js").content.decode()
    told = json.loads(re.search(r'"files": (\[.*?\])', text)[1])
    assert "/inspection/app/" in told
    assert len(told) == len(FILES) + 2
    assert all(finders.find(name) for name in FILES)
    assert {path.name for path in SCRIPTS.glob("*.js")} <= {name.rpartition("/")[2] for name in FILES}
    assert client.get("/inspection/app/inspection.webmanifest").json()["scope"] == "/inspection/app/"


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_word_that_is_said_is_there_and_no_other(language):
    said = {key for path in OURS for key in re.findall(r'(?:say|list)\("(\w+)"', path.read_text(encoding="utf-8"))}
    said |= {
        key
        for path in OURS
        for pair in re.findall(r'say\(state\.carry \? "(\w+)" : "(\w+)"', path.read_text(encoding="utf-8"))
        for key in pair
    }
    with translation.override(language):
        assert set(words()) == said
