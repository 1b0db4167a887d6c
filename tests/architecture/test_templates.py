"""The browser is told to refuse anything inline (Content-Security-Policy), so no template may rely on it."""

import re

import pytest

from tests.architecture.rooms import ROOT

PAGES = sorted((ROOT / "hocsuotdoi").rglob("*.html"))
INLINE = re.compile(r"<script(?![^>]*\bsrc=)(?![^>]*\bjson\b)|<style\b|\sstyle=|\son[a-z]+=[\"']", re.IGNORECASE)


@pytest.mark.parametrize("page", PAGES, ids=[str(page.relative_to(ROOT / "hocsuotdoi")) for page in PAGES])
def test_template_has_no_inline_script_or_style(page):
    text = re.sub(r"\{#.*?#\}|\{% comment.*?endcomment %\}", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert [found[0] for found in INLINE.finditer(text)] == []
