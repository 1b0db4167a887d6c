"""What pages can, a program can: the acts that pages call, as the code imports them, against those that the API calls.

A page's new act without its endpoint fails here. Either give it one, or say below why programs do without.
"""

import ast
from collections.abc import Iterator
from importlib import import_module
from inspect import isfunction
from pathlib import Path

import hocsuotdoi

ROOT = Path(hocsuotdoi.__file__).parent
ACTS = "hocsuotdoi.activities.operations."

EXCEPTIONS = {
    "push.subscribe": "a browser's own address, which only the page in that browser can ask for",
    "push.unsubscribe": "the same",
    "sync.take_marks": "the phones that are enrolled for the roll, which speak a language of their own",
    "journal.read_journal": "a file of such a phone, handed over where it gets through no more",
    "journal.take_journal": "the same",
    "school_papers.agreement_pdf": "paper to sign; what stands on it is in the answer of /bookings/{id}",
    "school_papers.report_pdf": "paper; what stands on it is in the answer of /bookings/{id}",
    "school_papers.topics_of": "words on that paper",
    "rating.is_ratable": "whether a page shows the faces; a program asks and is told",
    "copy.last_year_to_copy_to": "which years a form offers; the act itself refuses the others in words",
    "registration.joining_closes_at": "what a page says beside the form; /offers/{id} has the hours",
}


def acts_called_in(*folders: str) -> set[str]:
    """`module.function` of every act that a module in these folders imports."""
    return {act for folder in folders for file in (ROOT / folder).rglob("*.py") for act in _imported(file)}


def _imported(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(ACTS):
            for name in node.names:
                if isfunction(getattr(import_module(node.module or ""), name.name)):
                    yield f"{(node.module or '').removeprefix(ACTS)}.{name.name}"


PAGES = acts_called_in("portal", "workspace")
API = acts_called_in("api")


def test_every_act_of_a_page_has_an_endpoint_or_a_reason():
    assert PAGES - API - EXCEPTIONS.keys() == set()


def test_reasons_are_about_acts_that_only_pages_call():
    assert EXCEPTIONS.keys() - (PAGES - API) == set()


def test_pages_import_acts_one_by_one():
    """Otherwise the comparison above would not see them."""
    for folder in ("portal", "workspace", "api"):
        for file in (ROOT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                modules = [name.name for name in node.names] if isinstance(node, ast.Import) else []
                if isinstance(node, ast.ImportFrom) and node.module == ACTS.rstrip("."):
                    modules = [ACTS + name.name for name in node.names]
                assert not any(module.startswith(ACTS) for module in modules), file
