"""A body's own Word templates: looked through, tried with a real snapshot, put in use, retired."""

import datetime as dt
from contextlib import suppress

from django.db import transaction
from django.utils.translation import gettext as _

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.core.attachments import keep_file
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.office import NoOffice, NotConverted, page_count, to_pdf
from hocsuotdoi.core.vietnamese import normalise
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentKind
from hocsuotdoi.reporting.formats.context import Seal
from hocsuotdoi.reporting.formats.docx import render_document
from hocsuotdoi.reporting.formats.uploaded import (
    BadTemplate,
    Problem,
    cut_after,
    problems_of,
    refuse_dangerous,
    used_placeholders,
)
from hocsuotdoi.reporting.models import DocumentTemplate, Snapshot
from hocsuotdoi.reporting.queries.documents import newest_of_kind

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_MOST_PAGES_ASKED = 20
LONGEST_NAME = 200


class TemplateRefused(Refused):
    """Cannot be filled, or is no harmless Word document. `problems` names each tag with its place; empty where it is
    the whole file's."""

    def __init__(self, message: str, problems: list[Problem]):
        super().__init__(message, field="file")
        self.problems = problems


def look_through(file: bytes, kind: DocumentKind) -> None:
    """Refused: what `formats.uploaded` finds; each unknown tag with the page on which it stands, told by LibreOffice
    where that is there."""
    try:
        refuse_dangerous(file)
        problems = problems_of(file, kind)
    except BadTemplate as error:
        raise TemplateRefused(str(error), []) from None
    if not problems:
        _try(file, kind)
        return
    exact = _pages_of(file, problems)
    raise TemplateRefused(
        _("The template names what there is no value for. Nothing was changed: mend it in Word and upload it again."),
        problems_of(file, kind, exact) if exact else problems,
    )


def preview(file: bytes, kind: DocumentKind, snapshot: Snapshot) -> bytes:
    """The document as it would be with this template, marked as a draft: it has no public page. Refused as
    `look_through`."""
    look_through(file, kind)
    return _written(file, kind, snapshot)


@transaction.atomic
def use_template(
    agency: Agency, *, kind: DocumentKind, file: bytes, file_name: str, by: Person, at: dt.datetime
) -> DocumentTemplate:
    """From now on the body's documents of this kind, and those of bodies below it that have none of their own, are
    written by this file. The one before is retired; what was written by it stays. Refused as `look_through`."""
    look_through(file, kind)
    Agency.objects.select_for_update().get(pk=agency.pk)  # two at once: one after the other
    DocumentTemplate.objects.select_for_update().filter(agency=agency, kind=kind).in_use().update(retired_at=at)
    digest, size = keep_file(file)
    return DocumentTemplate.objects.create(
        agency=agency,
        kind=kind,
        file_name=normalise(file_name).strip()[-LONGEST_NAME:] or f"{kind.value}.docx",
        media_type=WORD,
        size=size,
        digest=digest,
        placeholders=used_placeholders(file, kind),
        uploaded_by=by.pk,
        uploaded_at=at,
    )


@transaction.atomic
def retire_template(template: DocumentTemplate, *, by: Person, at: dt.datetime) -> None:
    """New documents are written by the next template above again, at last by the program's own."""
    DocumentTemplate.objects.filter(pk=template.pk).in_use().update(retired_at=at)


def _written(file: bytes, kind: DocumentKind, snapshot: Snapshot) -> bytes:
    try:
        return render_document(kind, snapshot.content, Seal(snapshot.digest), file)
    except Exception as error:  # what only shows when values are put in, such as a row that is no row of a table
        raise TemplateRefused(_("The template cannot be filled: {why}.").format(why=str(error)[:200]), []) from None


def _try(file: bytes, kind: DocumentKind) -> None:
    """Fills the newest snapshot of that kind in, where there is one: some mistakes only show then."""
    snapshot = newest_of_kind(kind)
    if snapshot is not None:
        _written(file, kind, snapshot)


def _pages_of(file: bytes, problems: list[Problem]) -> dict[int, int]:
    """Paragraph → page. The document is cut behind each: as many pages as are left, so far on it stands."""
    paragraphs = sorted({each.paragraph for each in problems if each.paragraph})[:_MOST_PAGES_ASKED]
    with suppress(NoOffice, NotConverted):
        cut = {f"{paragraph}.docx": cut_after(file, paragraph) for paragraph in paragraphs}
        return {int(name.removesuffix(".docx")): page_count(pdf) for name, pdf in to_pdf(cut).items()}
    return {}
