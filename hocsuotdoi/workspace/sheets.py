"""What goes out and comes in as a file of rows."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.errors import Refused
from hocsuotdoi.core.table_file import LARGEST_FILE, BadFile, Problem, Table, read_table

Preview = TypeVar("Preview")
PROBLEMS_SHOWN = 200
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def attachment(content: bytes, kind: str, name: str) -> HttpResponse:
    """`kind`: xlsx or csv; `name` without its ending."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "private, no-store"}
    return HttpResponse(content, content_type=TYPES[kind], headers=headers)


class SeenForm(forms.Form):
    """What a person confirms is what was shown: its digest goes with the button."""

    seen = forms.CharField(widget=forms.HiddenInput)


class SheetFile(forms.Form):
    file = forms.FileField(
        label=_("The filled-in file"),
        help_text=_("Excel (.xlsx) or CSV, at most 5 MB"),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx,.csv"}),
    )


class SheetForm(SheetFile):
    """A filled-in file and where its figures are from."""

    source = forms.CharField(
        label=_("Where the figures are from"),
        help_text=_("For instance: paper reports of the institutions for the third quarter, or a document's number"),
        max_length=300,
    )


def table_of(upload: UploadedFile, is_ours: Callable[[Table], bool]) -> tuple[Table, str]:
    """The file as a table (of several sheets the one that `is_ours`) and its SHA-256. Raises `BadFile`."""
    if (upload.size or 0) > LARGEST_FILE:
        raise BadFile([Problem("", str(_("The file is too large: at most 5 MB.")))])
    content = upload.read()
    table = read_table(content, upload.name or "", is_ours)
    return table, hashlib.sha256(content).hexdigest()


def sent_in(request: HttpRequest, form: forms.Form, preview: Callable[[], Preview]) -> tuple[Preview | None, list[Any]]:
    """What a sheet that was sent would do, or what is wrong in it, cell by cell; another refusal stands in the form."""
    if request.method != "POST" or not form.is_valid():
        return None, []
    try:
        return preview(), []
    except Refused as refusal:
        if problems := getattr(refusal, "problems", []):
            return None, problems
        form.add_error(refusal.field if refusal.field in form.fields else "file", str(refusal))
        return None, []


def shown_problems(problems: Sequence[Any]) -> dict[str, Any]:
    """As `sheet_problems.html` takes them."""
    return {"problems": problems[:PROBLEMS_SHOWN], "problem_count": len(problems)}
