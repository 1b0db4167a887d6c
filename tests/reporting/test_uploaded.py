"""A body's own template: what is harmless, what can be filled, and where what cannot stands."""

import io
import zipfile

import pytest
from django.utils import translation
from docx import Document
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.core.attachments import open_kept
from hocsuotdoi.reporting.enums import DocumentKind
from hocsuotdoi.reporting.formats.context import Seal, context_of
from hocsuotdoi.reporting.formats.docx import own_template
from hocsuotdoi.reporting.formats.placeholders import KINDS_WITH_TEMPLATES, Placeholder, placeholders_of
from hocsuotdoi.reporting.formats.uploaded import BadTemplate, problems_of, refuse_dangerous, used_placeholders
from hocsuotdoi.reporting.models import DocumentTemplate
from hocsuotdoi.reporting.operations.templates import TemplateRefused, look_through, preview, use_template
from tests.factories.documents import CONTENTS, consolidated_content, frozen_report
from tests.factories.running import NOW

KIND = DocumentKind.CONSOLIDATED_REPORT


def template_with(*tags: str, kind: DocumentKind = KIND, paragraph: int = 10) -> bytes:
    document = Document(io.BytesIO(own_template(kind)))
    for tag in tags:
        document.paragraphs[paragraph].add_run(tag)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def repacked(file: bytes, **parts: bytes) -> bytes:
    """The package with parts put in; a name's «__» is a slash, its «_» a dot."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(file)) as before, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after:
        added = {name.replace("__", "/").replace("_", "."): body for name, body in parts.items()}
        for name in before.namelist():
            if name not in added:
                after.writestr(name, before.read(name))
        for name, body in added.items():
            after.writestr(name, body)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS_WITH_TEMPLATES)
def test_own_templates_are_harmless_and_can_be_filled(kind):
    refuse_dangerous(own_template(kind))
    assert problems_of(own_template(kind), kind) == []


def parts_of(value, placeholder: Placeholder, where: str) -> set[str]:
    """Names that rows have and the list does not, or the other way round."""
    if not placeholder.parts:
        return set()
    rows = value if isinstance(value, list) else []
    wrong = set()
    for row in rows:
        wrong |= {f"{where}.{name}" for name in placeholder.parts if name not in row}
        for name, part in placeholder.parts.items():
            wrong |= parts_of(row.get(name), part, f"{where}.{name}")
    return wrong


@pytest.mark.parametrize("kind", KINDS_WITH_TEMPLATES)
def test_list_of_placeholders_says_what_documents_are_filled_with(kind):
    context = context_of(kind, CONTENTS[kind](), Seal("0" * 64))
    listed = placeholders_of(kind)
    assert set(context) | {"qr"} == set(listed)
    assert set().union(*(parts_of(context[name], listed[name], name) for name in context)) == set()


def test_unknown_tags_are_named_with_paragraph_and_table():
    document = Document(io.BytesIO(template_with("{{ nguoi_ky }}")))
    document.tables[2].rows[4].cells[1].paragraphs[0].add_run("{{ task.ho_ten }}")
    out = io.BytesIO()
    document.save(out)
    problems = {each.tag: each for each in problems_of(out.getvalue(), KIND)}
    assert set(problems) == {"nguoi_ky", "task.ho_ten"}
    assert (problems["nguoi_ky"].table, problems["task.ho_ten"].table) == (0, 3)
    assert problems["nguoi_ky"].paragraph < problems["task.ho_ten"].paragraph
    assert not problems["nguoi_ky"].is_exact


@pytest.mark.parametrize(
    "tag",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ title.__class__ }}",
        "{{ 3 * 4 }}",
        "{{ 'a' * 1000000000 }}",
        "{{ range(10) }}",
        "{{ title.upper() }}",
        "{{ title|safe }}",
        "{{ '%99999999d'|format(1) }}",
        "{{ title|center(100000000) }}",
        "{% set x = 1 %}",
        "{% include 'x' %}",
        "{{ figures[0] }}",
        "{{ self }}",
        "{{ cycler }}",
        "{% for a in nothing %}{% endfor %}",
        "{{ }}",
        "{% if %}",
        "{{ title|khong_co }}",
        "{{ title|replace('', 'aaaaaaaaaa')|replace('', 'aaaaaaaaaa') }}",
        "{{ title|replace('a', 'b') }}",
        "{{ title|join('aaaaaaaaaa')|upper|join('aaaaaaaaaa') }}",
        "{{ title|join(title|join(title)) }}",
    ],
)
def test_tags_that_compute_call_or_reach_out_are_refused(tag):
    assert problems_of(template_with(tag), KIND)


@pytest.mark.parametrize("tag", ["{{ 7 * 7 }}", "{{ 'a' * 10 ** 9 }}", "{{ 1 + 1 }}"])
def test_what_computes_without_naming_anything_is_named_with_where_it_stands(tag):
    (problem,) = problems_of(template_with(tag), KIND)
    assert (problem.tag, problem.paragraph > 0) == (tag, True)


def test_a_fourth_loop_is_named_with_where_it_stands():
    inner = "{% for a in figures %}{% for b in figures %}{% for c in figures %}x{% endfor %}{% endfor %}{% endfor %}"
    (problem,) = problems_of(template_with(inner), KIND)

    assert problem.tag == "c in figures"
    assert problem.paragraph > 0


def test_a_tag_that_cannot_be_read_is_named_among_those_that_can():
    (problem,) = problems_of(template_with("{{ title }}", "{{ sai sai }}"), KIND)

    assert problem.tag == "{{ sai sai }}"


@pytest.mark.parametrize(
    "tag",
    [
        "{{ title|upper }}",
        "{% if addressee and not sample_warning %}x{% endif %}",
        "{% for each in figures %}{{ loop.index }}{{ each.value.key }}{{ each.value.words }}{% endfor %}",
        "{% for group in target_groups %}{% for row in group.rows %}{{ row.value }}{% endfor %}{% endfor %}",
        "{{ title or 'Không có' }}",
        "{{ snapshot_lines|join('; ') }}",
        "{% for a in figures %}{% for b in figures %}x{% endfor %}{% endfor %}{% for c in figures %}y{% endfor %}",
    ],
)
def test_tags_that_only_put_values_in_are_taken(tag):
    assert problems_of(template_with(tag), KIND) == []


@given(st.text(alphabet="{}%# abc.|_()[]'\"*", max_size=30))
def test_whatever_stands_in_a_tag_it_is_taken_or_named(text):
    for each in problems_of(template_with(f"{{{{ {text} }}}}", kind=DocumentKind.REMINDER_LETTER, paragraph=3),
                            DocumentKind.REMINDER_LETTER):  # fmt: skip
        assert each.reason


def test_used_names_are_found_in_head_body_and_tables():
    assert {"title", "figures", "snapshot_lines"} - set(used_placeholders(template_with("{{ title }}"), KIND)) == {
        "figures"
    }


RELATION = (
    b'<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s" '
    b'Target="http://example.com/x" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (b"PK khong phai", "Word"),
        (b"x" * (2 * 1024 * 1024 + 1), "2 MB"),
        (repacked(own_template(KIND), word__vbaProject_bin=b"x"), "macro"),
        (repacked(own_template(KIND), word__media__bom_xml=b" " * (31 * 1024 * 1024)), "larger"),
        (repacked(own_template(KIND), word__la_xml=b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'), "DOCTYPE"),
        (repacked(own_template(KIND), word__la_xml=b"<a>"), "damaged"),
        (repacked(own_template(KIND), word___rels__la_xml_rels=RELATION % b"attachedTemplate"), "another place"),
        (repacked(own_template(KIND), word___rels__la_xml_rels=RELATION % b"image"), "another place"),
    ],
)
def test_dangerous_files_are_refused_with_a_reason(file, words):
    with translation.override("en"), pytest.raises(BadTemplate, match=words):
        refuse_dangerous(file)


def test_a_link_for_readers_is_no_danger():
    refuse_dangerous(repacked(own_template(KIND), word___rels__la_xml_rels=RELATION % b"hyperlink"))


def template_with_field(*runs: str) -> bytes:
    """Runs of one field: «<» begins one, «>» ends it, anything else is a piece of what it is told."""
    document = Document(io.BytesIO(own_template(KIND)))
    for run in runs:
        steps = {"<": "begin", ">": "end"}
        node = OxmlElement("w:fldChar" if run in steps else "w:instrText")
        if run in steps:
            node.set(qn("w:fldCharType"), steps[run])
        else:
            node.text = run
        document.paragraphs[10].add_run()._r.append(node)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "runs",
    [
        ("<", ' DDEAUTO c:\\\\windows\\\\system32\\\\cmd.exe "/k calc" ', ">"),
        ("<", " dd", "ea", "uto cmd x ", ">"),
        ("<", " DDE cmd x ", ">"),
        ("<", ' INCLUDEPICTURE "http://example.com/x.png" \\d ', ">"),
        ("<", ' IncludeText "//may-chu/chung/x.docx" ', ">"),
        ("<", " LINK Excel.Sheet.8 x.xlsx ", ">"),
        ("<", " IMPORT x.png ", ">"),
        ("<", ' DATABASE \\d "x.mdb" ', ">"),
        ("<", " IF 1 = 1 ", "<", " DDE cmd x ", ">", ">"),
        ("<", "<", " QUOTE 68 68 69 ", ">", " cmd x ", ">"),
        ("<", " D", "<", " QUOTE 68 ", ">", "E cmd x ", ">"),
        ("<", " D{# x #}DE cmd x ", ">"),
        (" DDE cmd x ",),
    ],
)
def test_fields_that_reach_out_are_refused(runs):
    with translation.override("en"), pytest.raises(BadTemplate, match="field"):
        refuse_dangerous(template_with_field(*runs))


def test_a_simple_field_that_reaches_out_is_refused():
    document = Document(io.BytesIO(own_template(KIND)))
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), " IncludePicture http://example.com/x.png ")
    document.sections[0].footer.paragraphs[0]._p.append(field)
    out = io.BytesIO()
    document.save(out)
    with translation.override("en"), pytest.raises(BadTemplate, match="IncludePicture"):
        refuse_dangerous(out.getvalue())


@pytest.mark.parametrize(
    "runs",
    [
        ("<", " PAGE ", ">"),
        ("<", " NUMP", "AGES \\* MERGEFORMAT ", ">"),
        ("<", ' DATE \\@ "dd/MM/yyyy" ', ">"),
        ("<", ' TOC \\o "1-3" \\h ', ">"),
        ("<", ' HYPERLINK "https://example.com/" ', ">"),
        ("<", " IF ", "<", " PAGE ", ">", " > 1 x y ", ">"),
    ],
)
def test_fields_that_only_count_and_date_are_taken(runs):
    refuse_dangerous(template_with_field(*runs))


@pytest.mark.slow
@pytest.mark.usefixtures("office")
def test_libreoffice_tells_the_page_of_an_unknown_tag():
    document = Document(io.BytesIO(template_with("{{ trang_mot }}")))
    document.tables[-1].rows[0].cells[1].paragraphs[-1].add_run("{{ trang_cuoi }}")
    out = io.BytesIO()
    document.save(out)
    with pytest.raises(TemplateRefused) as refused:
        look_through(out.getvalue(), KIND)
    pages = {each.tag: (each.page, each.is_exact) for each in refused.value.problems}
    assert pages["trang_mot"] == (1, True)
    assert pages["trang_cuoi"][1]
    assert pages["trang_cuoi"][0] > 2


@pytest.mark.django_db
def test_template_is_put_in_use_once_for_a_kind_and_the_one_before_is_retired(
    department_of_thai_nguyen, province_officer
):
    def use(file: bytes) -> DocumentTemplate:
        return use_template(
            department_of_thai_nguyen, kind=KIND, file=file, file_name="mẫu.docx", by=province_officer, at=NOW
        )

    newer = template_with("{{ issuer }}")  # a ZIP holds the moment at which it was made
    first, second = use(own_template(KIND)), use(newer)
    first.refresh_from_db()
    assert (first.retired_at, second.retired_at) == (NOW, None)
    assert "issuer" in second.placeholders
    with open_kept(second.digest) as file:
        assert file.read() == newer
    with pytest.raises(TemplateRefused):
        use(template_with("{{ la }}"))
    assert DocumentTemplate.objects.in_use().get() == second


@pytest.mark.django_db
def test_preview_is_filled_with_a_real_snapshot_and_has_no_public_page(office_of_bac_kan):
    snapshot = frozen_report(office_of_bac_kan, content=consolidated_content())
    document = Document(io.BytesIO(preview(template_with(" XEM {{ issuer }}"), KIND, snapshot)))
    assert any("XEM Ủy ban nhân dân tỉnh Thái Nguyên" in p.text for p in document.paragraphs)
    cells = " ".join(cell.text for table in document.tables for row in table.rows for cell in row.cells)
    assert "/documents/" not in cells
