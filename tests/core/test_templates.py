"""Rules that every template of the house keeps."""

import re
from pathlib import Path

import pytest
from django.template import VariableDoesNotExist, engines

import hocsuotdoi

PACKAGE = Path(hocsuotdoi.__file__).parent
TEMPLATES = sorted([*PACKAGE.glob("**/templates/**/*.html"), *PACKAGE.glob("**/jinja2/**/*.html")])
COMPONENTS = sorted(PACKAGE.glob("core/*/components/*.html"))

REFUSED_BY_CSP = {
    "a style attribute": re.compile(r"<[^>{]*\sstyle="),
    "a style element": re.compile(r"<style\b"),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*application/(?:ld\+)?json)"),
    "an event attribute": re.compile(r"<[^>{]*\son[a-z]+="),
    "a javascript: address": re.compile(r"javascript:"),
    "an outside address for code, style or font": re.compile(
        r"<(?:script|link|img)[^>]*(?:src|href)=[\"'](?:https?:)?//"
    ),
}


def name_of(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_holds_nothing_that_the_content_security_policy_refuses(path: Path) -> None:
    text = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}", "", path.read_text(), flags=re.DOTALL)
    assert [what for what, pattern in REFUSED_BY_CSP.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", COMPONENTS, ids=name_of)
def test_component_says_on_top_what_it_takes(path: Path) -> None:
    assert path.read_text().startswith("{#")


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_template_leaves_the_parents_block_to_the_tag_that_hides_no_mistake(path: Path) -> None:
    assert "block.super" not in re.sub(r"{#.*?#}", "", path.read_text())


def _page(inner: str) -> str:
    """A staff page whose content is `inner`, as far as it is written in the frame's block."""
    text = '{% extends "workspace_base.html" %}{% block content %}' + inner + "{% endblock %}"
    return engines["django"].from_string(text).render({"user": None, "messages": []})


def test_missing_variable_in_the_frame_of_a_page_is_an_error_and_no_empty_page() -> None:
    assert "<p>ok</p>" in _page("<p>{{ here|default:'ok' }}</p>")
    with pytest.raises(VariableDoesNotExist):
        _page("<p>{{ here|default:nowhere }}</p>")
