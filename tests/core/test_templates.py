"""Rules that every template of the house keeps."""

import re
from pathlib import Path

import pytest

import hocsuotdoi

PACKAGE = Path(hocsuotdoi.__file__).parent
TEMPLATES = sorted(PACKAGE.glob("**/templates/**/*.html"))
COMPONENTS = sorted((PACKAGE / "core/templates/components").glob("*.html"))

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
