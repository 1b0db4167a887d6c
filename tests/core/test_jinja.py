"""Pieces drawn by Jinja2: whole, escaped once, in the person's language, the same from both sides."""

from pathlib import Path

import pytest
from django.template import engines
from django.utils.safestring import mark_safe
from django.utils.translation import override

import hocsuotdoi
from hocsuotdoi.core.jinja import environment, part

PACKAGE = Path(hocsuotdoi.__file__).parent
PIECES = sorted(str(path.relative_to(folder)) for folder in PACKAGE.glob("*/jinja2") for path in folder.rglob("*.html"))
ODD = "<b>Trâu & 'nghé'</b>"
ESCAPED = "&lt;b&gt;Trâu &amp; &#x27;nghé&#x27;&lt;/b&gt;"


def django(text: str, **given: object) -> str:
    return engines["django"].from_string(text).render(given)


@pytest.mark.parametrize("name", PIECES)
def test_piece_can_be_read(name):
    assert environment("vi").get_template(name)


@pytest.mark.parametrize("name", PIECES)
def test_piece_lies_once(name):
    assert not list(PACKAGE.glob(f"*/templates/{name}"))


def test_piece_is_the_same_for_a_django_template_and_for_another_piece():
    included = django('{% include "components/badge.html" with label=label kind="gold" only %}', label="đông")
    assert included == part("components/badge.html", label="đông", kind="gold")
    assert included.strip() == '<span class="badge badge-gold">Đông</span>'


@pytest.mark.parametrize(("component", "given"), [("badge", "label"), ("alert", "text"), ("page_header", "title")])
def test_what_is_given_is_escaped_once(component, given):
    name = f"components/{component}.html"
    for drawn in (part(name, **{given: ODD}), django(f'{{% include "{name}" with {given}=odd only %}}', odd=ODD)):
        assert ODD not in drawn
        assert ESCAPED.replace("&#x27;", "&#39;") in drawn.replace("&#x27;", "&#39;")
    assert "<b>đậm</b>" in part(name, **{given: mark_safe("<b>đậm</b>")})


def test_values_in_a_sentence_are_escaped_once():
    source = '{{ part("components/alert.html", title="x", text=_("until %(day)s", day=odd)) }}'
    drawn = environment("vi").from_string(source).render(odd=ODD)
    assert "đến &lt;b&gt;Trâu &amp; &#39;nghé&#39;&lt;/b&gt;" in drawn


def test_paragraphs_of_somebodys_text_are_escaped():
    drawn = environment("vi").from_string("{{ text|linebreaks }}").render(text="<script>\n\nhai")
    assert drawn == "<p>&lt;script&gt;</p>\n\n<p>hai</p>"


def test_piece_speaks_the_language_of_who_asks_in_turns():
    said = []
    for language in ("vi", "en", "vi"):
        with override(language):
            said.append(part("components/sample.html").strip())
    assert said == [f'<span class="sample">{words}</span>' for words in ("Dữ liệu mẫu", "Sample data", "Dữ liệu mẫu")]


def test_what_the_page_calls_address_or_language_does_not_hide_the_functions_of_a_piece():
    drawn = django('{% include "components/language_switch.html" %}', address="Tổ 5", language="vi", static="x")
    assert 'action="/language/"' in drawn
