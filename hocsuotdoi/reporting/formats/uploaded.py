"""A Word file that a body wants to use as its template: is it harmless, and can every tag in it be filled?

Pure: bytes in, what is wrong out, each with where it stands. On which page a tag stands nobody can tell from the file
alone; who has LibreOffice gives `pages` (operations.templates), else Word's own marks of its last page breaks serve.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from django.utils.translation import gettext as _
from docx import Document
from docx.document import Document as DocumentType
from docx.oxml.ns import qn
from docxtpl import DocxTemplate
from jinja2 import TemplateSyntaxError, nodes
from jinja2.sandbox import SandboxedEnvironment
from lxml import etree

from hocsuotdoi.reporting.enums import DocumentKind
from hocsuotdoi.reporting.formats.placeholders import Placeholder, placeholders_of

LARGEST_FILE = 2 * 1024 * 1024
_LARGEST_INSIDE, _MOST_PARTS = 30 * 1024 * 1024, 400
_TAG = re.compile(r"{[{%#].*?[}%#]}", re.DOTALL)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FILTERS = frozenset({"upper", "lower", "capitalize", "trim", "length", "first", "last", "join", "default"})
"""What a tag may do to a value: nothing that computes, since every number of a document is a figure that was frozen."""
_DEEPEST_LOOP = 3
"""As deep as our own go (years of rows of groups); each loop more multiplies what the document holds."""
_REFUSED_NODES = (
    nodes.Call,
    nodes.BinExpr,
    nodes.ImportedName,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Extends,
    nodes.Macro,
    nodes.CallBlock,
    nodes.FilterBlock,
    nodes.Block,
    nodes.Getitem,
)
_ALLOWED_BINARY = (nodes.And, nodes.Or)
_OF_LOOPS = frozenset({"index", "index0", "first", "last", "length"})
_OF_NUMBERS = frozenset({"key", "words"})
_ACTIVE = re.compile(r"\b(DDE|DDEAUTO|INCLUDE|INCLUDEPICTURE|INCLUDETEXT|LINK|IMPORT|DATABASE)\b", re.IGNORECASE)
"""What Word does on opening such a field reaches for files, programs or databases of whoever opens it."""
_NESTED = "\0"
_OUTWARD = ("attachedTemplate", "oleObject", "frame", "subDocument", "image", "externalLink")


class BadTemplate(ValueError):
    """The file is no Word document that can be taken in; the message says why."""


@dataclass(frozen=True, slots=True)
class Problem:
    """`tag`: what is wrong, as it is typed; empty where it is the whole file's. `paragraph` counts all paragraphs of
    the body from 1 (0: head or foot of the page), `table` 0 outside tables. `is_exact`: LibreOffice told the page."""

    tag: str
    reason: str
    paragraph: int = 0
    table: int = 0
    page: int = 0
    is_exact: bool = False


def refuse_dangerous(file: bytes) -> None:
    """Raises `BadTemplate`: not a Word document, too large (also unpacked), with macros, with DOCTYPE, or reaching for
    what is outside it."""
    if len(file) > LARGEST_FILE:
        raise BadTemplate(_("The file is too large: at most 2 MB."))
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as package:
            entries = package.infolist()
            names = {entry.filename for entry in entries}
            if len(entries) > _MOST_PARTS or sum(entry.file_size for entry in entries) > _LARGEST_INSIDE:
                raise BadTemplate(_("Unpacked, the file is far larger than a document. Save it anew in Word."))
            if len(names) != len(entries) or not {"[Content_Types].xml", "word/document.xml"} <= names:
                raise BadTemplate(_no_word())
            if any("vbaproject" in name.lower() or "/activex/" in name.lower() for name in names):
                raise BadTemplate(_with_macros())
            parts = {name: package.read(name) for name in names if name.endswith((".xml", ".rels"))}
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError):
        raise BadTemplate(_no_word()) from None
    if b"macroenabled" in parts["[Content_Types].xml"].lower():
        raise BadTemplate(_with_macros())
    for name, body in parts.items():
        _refuse_part(name, body)


def _no_word() -> str:
    return _("This is no Word document. Save it in Word as «Word Document (*.docx)».")


def _with_macros() -> str:
    return _("The document has macros. Save it in Word as «Word Document (*.docx)» without them.")


def _refuse_part(name: str, body: bytes) -> None:
    if b"<!DOCTYPE" in body[:2000].upper().replace(b"\0", b"") or b"<!ENTITY" in body.replace(b"\0", b""):
        raise BadTemplate(_("The document holds what no Word document needs (DOCTYPE). Save it anew in Word."))
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError:
        raise BadTemplate(_("The document is damaged. Open it in Word and save it anew.")) from None
    if name.endswith(".rels"):
        for link in root:
            kind = (link.get("Type") or "").rsplit("/", 1)[-1]
            if link.get("TargetMode") == "External" and kind in _OUTWARD:
                raise BadTemplate(
                    _(
                        "The document takes something from another place ({what}). Put it into the document itself."
                    ).format(what=(link.get("Target") or kind)[:80])
                )
    for instruction in _instructions(root):
        found = _ACTIVE.search(instruction)
        # What a tag or a field within puts together could be any of them.
        if found or "{" in instruction or _NESTED in next(iter(instruction.split()), ""):
            raise BadTemplate(
                _(
                    "The document has a field that takes in or starts something from elsewhere ({what}). Delete the "
                    "field in Word: Alt+F9 shows it."
                ).format(what=found[0] if found else instruction.replace(_NESTED, "{…}").strip()[:80])
            )


def _instructions(root: etree._Element) -> Iterator[str]:
    """What each field is told to do, put together again where Word has split it; a field within it is `_NESTED`."""
    open_fields = [""]
    for node in root.iter("*"):
        what = etree.QName(node).localname
        values = {etree.QName(name).localname: value for name, value in node.attrib.items()}
        step = values.get("fldCharType") if what == "fldChar" else None
        if what == "fldSimple":
            yield values.get("instr", "")
        if step == "begin" or what == "fldSimple":
            open_fields[-1] += _NESTED
        if step == "begin":
            open_fields.append("")
        elif step == "end" and len(open_fields) > 1:
            yield open_fields.pop()
        elif what in {"instrText", "delInstrText"}:
            open_fields[-1] += node.text or ""
    yield from open_fields[1:]
    yield open_fields[0].replace(_NESTED, "")


def problems_of(file: bytes, kind: DocumentKind, pages: Mapping[int, int] | None = None) -> list[Problem]:
    """Every tag that could not be filled, in the order of the document. `pages`: of paragraphs, where known."""
    document = _opened(file)
    known = placeholders_of(kind)
    found: dict[str, str] = {}
    for source in _sources(file):
        found |= _check(source, known)
    if not found:
        return []
    return list(_placed(document, found, pages or {}))


def used_placeholders(file: bytes, kind: DocumentKind) -> list[str]:
    """The names of the kind that the template uses, sorted."""
    words = {word for source in _sources(file) for tag in _TAG.findall(source) for word in _WORD.findall(tag)}
    return sorted(words & set(placeholders_of(kind)))


def cut_after(file: bytes, paragraph: int) -> bytes:
    """The document up to and with this paragraph (numbered as in `Problem`): its last page is where the paragraph
    stands."""
    document = _opened(file)
    paragraphs = list(document.element.body.iter(qn("w:p")))
    last = paragraphs[paragraph - 1]
    body = document.element.body
    node = last
    while node is not None and node is not body:
        for later in list(node.itersiblings()):
            if later.tag not in {qn("w:sectPr"), qn("w:tcPr")} and not (
                node.tag == qn("w:tc") and later.tag == qn("w:tc")
            ):
                node.getparent().remove(later)
        node = node.getparent()
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _opened(file: bytes) -> DocumentType:
    try:
        return Document(io.BytesIO(file))
    except Exception:  # whatever the library stumbles over: the file is the person's
        raise BadTemplate(_("The document is damaged. Open it in Word and save it anew.")) from None


def _sources(file: bytes) -> Iterator[str]:
    """Body, heads and feet with the tags put together again that Word has split."""
    word = DocxTemplate(io.BytesIO(file))
    word.init_docx()
    yield word.patch_xml(word.get_xml())
    for uri in (word.HEADER_URI, word.FOOTER_URI):
        for _key, part in word.get_headers_footers(uri):
            yield word.patch_xml(word.get_part_xml(part))


def _check(source: str, known: Mapping[str, Placeholder]) -> dict[str, str]:
    """What is wrong → why."""
    # Looked at before it is compiled, and compiled as it is: Jinja works out what is constant («'a' * 10 ** 9»).
    environment = SandboxedEnvironment(autoescape=True, optimized=False)
    checker = _Checker(known)
    try:
        checker.visit(environment.parse(source), {})
        if not checker.found:
            environment.compile(source)
    except TemplateSyntaxError as error:
        line = source.splitlines()[error.lineno - 1] if error.lineno <= source.count("\n") + 1 else ""
        tags = _TAG.findall(line)
        near = next((tag for tag in tags if tag.startswith("{{") and not _is_readable(environment, tag)), "")
        return {near or next(iter(tags), ""): _("This tag cannot be read. Compare it with the list of tags.")}
    if "" in checker.found:  # what computes without naming anything is called by its whole tag
        reason, nameless = checker.found.pop(""), filter(partial(_is_nameless, environment), _TAG.findall(source))
        checker.found |= dict.fromkeys(nameless, reason) or {"": reason}
    return checker.found


def _is_nameless(environment: SandboxedEnvironment, tag: str) -> bool:
    if not _is_readable(environment, tag):
        return False
    refused = environment.parse(tag).find_all(_REFUSED_NODES)
    return any(not _name_of(node) for node in refused if not isinstance(node, _ALLOWED_BINARY))


def _is_readable(environment: SandboxedEnvironment, tag: str) -> bool:
    try:
        environment.parse(tag)
    except TemplateSyntaxError:
        return False
    return True


class _Checker:
    """Walks the tags as they nest: in a loop over rows the row's own parts may be named."""

    def __init__(self, known: Mapping[str, Placeholder]):
        self.known = known
        self.found: dict[str, str] = {}
        self.loops = 0

    def visit(self, node: nodes.Node, scope: Mapping[str, Placeholder | None]) -> None:
        if isinstance(node, _REFUSED_NODES) and not isinstance(node, _ALLOWED_BINARY):
            self.found.setdefault(_name_of(node), _("A template only puts values in: it computes and calls nothing."))
            return
        if isinstance(node, nodes.Filter) and node.name not in FILTERS:
            self.found.setdefault(node.name, _("This filter may not be used in a template."))
        if isinstance(node, nodes.Filter) and node.name == "join" and "join" in _filters_within(node):
            self.found.setdefault(node.name, _("«join» may be used once in a tag: it multiplies what it is given."))
        if isinstance(node, nodes.For):
            self._visit_loop(node, scope)
            return
        if isinstance(node, nodes.Name) and node.ctx == "load":
            self._resolve(node, scope)
            return
        if isinstance(node, nodes.Getattr):
            self._resolve(node, scope)
            return
        if isinstance(node, nodes.Assign | nodes.AssignBlock):
            self.found.setdefault(_name_of(node), _("A template only puts values in: it computes and calls nothing."))
            return
        for child in node.iter_child_nodes():
            self.visit(child, scope)

    def _visit_loop(self, node: nodes.For, scope: Mapping[str, Placeholder | None]) -> None:
        if self.loops == _DEEPEST_LOOP:
            tag = f"{_name_of(node.target)} in {_name_of(node.iter)}"
            self.found.setdefault(tag, _("At most three loops may stand within each other."))
            return
        self.loops += 1
        of = self._resolve(node.iter, scope)
        inner: dict[str, Placeholder | None] = {**scope, "loop": None}
        if isinstance(node.target, nodes.Name):
            inner[node.target.name] = Placeholder(node.target.name, "", parts=of.parts) if of else None
        for child in (*node.body, *([node.test] if node.test else [])):
            self.visit(child, inner)
        self.loops -= 1
        for child in node.else_:
            self.visit(child, scope)

    def _resolve(self, node: nodes.Node, scope: Mapping[str, Placeholder | None]) -> Placeholder | None:
        """What the expression names; None where that is plain, or unknown and written down."""
        if isinstance(node, nodes.Name):
            if node.name in scope:
                return scope[node.name]
            if node.name not in self.known:
                self.found.setdefault(node.name, _("There is no value of this name for this kind of document."))
            return self.known.get(node.name)
        if isinstance(node, nodes.Getattr):
            return self._resolve_part(node, scope)
        self.visit(node, scope)
        return None

    def _resolve_part(self, node: nodes.Getattr, scope: Mapping[str, Placeholder | None]) -> Placeholder | None:
        if isinstance(node.node, nodes.Name) and node.node.name == "loop" and node.attr in _OF_LOOPS:
            return None
        before = len(self.found)
        of = self._resolve(node.node, scope)
        if len(self.found) > before:
            return None
        if of is not None and of.parts and node.attr in of.parts:
            return of.parts[node.attr]
        if node.attr in _OF_NUMBERS and of is not None and not of.parts:
            return None
        self.found.setdefault(_name_of(node), _("There is no value of this name for this kind of document."))
        return None


def _filters_within(node: nodes.Node) -> set[str]:
    return {each.name for each in node.find_all(nodes.Filter)}


def _name_of(node: nodes.Node) -> str:
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        return f"{_name_of(node.node)}.{node.attr}"
    inner = next(node.find_all((nodes.Name, nodes.Getattr)), None)
    return _name_of(inner) if inner is not None else ""


def _placed(document: DocumentType, found: Mapping[str, str], pages: Mapping[int, int]) -> Iterator[Problem]:
    """Each problem where its tag stands first; one that stands in head or foot has no paragraph."""
    left = dict(found)
    tables = list(document.element.body.iter(qn("w:tbl")))
    page = 1
    for number, paragraph in enumerate(document.element.body.iter(qn("w:p")), start=1):
        page += sum(1 for _mark in paragraph.iter(qn("w:lastRenderedPageBreak")))
        page += sum(1 for mark in paragraph.iter(qn("w:br")) if mark.get(qn("w:type")) == "page")
        text = "".join(node.text or "" for node in paragraph.iter(qn("w:t")))
        tags = " ".join(_TAG.findall(text)) or text
        table = next((tables.index(above) + 1 for above in paragraph.iterancestors(qn("w:tbl"))), 0)
        for name in [name for name in left if name and _stands_in(name, tags)]:
            known_page = pages.get(number)
            yield Problem(name, left.pop(name), number, table, known_page or page, known_page is not None)
    for name, reason in left.items():
        yield Problem(name, reason)


def _stands_in(name: str, tags: str) -> bool:
    return re.search(rf"(?<![A-Za-z0-9_.]){re.escape(name)}(?![A-Za-z0-9_])", tags) is not None or (
        name.startswith("{") and name in tags
    )
