"""A document checked by the code that is printed in it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.surfaces import address_of, public
from hocsuotdoi.core.limits import TooMany, count
from hocsuotdoi.reporting.formats.printed import short_digest
from hocsuotdoi.reporting.operations.checking import has_paper, is_intact
from hocsuotdoi.reporting.queries.verification import CODE_LENGTH, checked_document, tidy_code, told_document

MOST_CHECKED_A_MINUTE = 60
"""An office that goes through a pile of reports; too few to find codes by trying."""
_LONGEST_ASKED = 40


@public
@require_GET
def document_find(request: HttpRequest) -> HttpResponse:
    """For who has the paper but no camera: the code typed off the page."""
    typed = request.GET.get("code", "")
    code = tidy_code(typed)
    if len(code) == CODE_LENGTH and code.isascii() and code.isalnum():
        return redirect("portal:documents-document-check", code=code)
    problem = (
        _("The code has 16 letters and digits; it stands below the signature, beside the square.") if typed else ""
    )
    context = {"typed": typed.replace("\0", "")[:_LONGEST_ASKED], "problem": problem}
    return render(request, "portal/documents/document_find.html", context, status=422 if problem else 200)


@public
@require_GET
def document_check(request: HttpRequest, code: str) -> HttpResponse:
    """Which document it is, whether it is intact, each figure; `?number=` marks where a printed number stands.
    `?paper=` is the key that only the paper says: the square in it leads here with it."""
    try:
        count("document", address_of(request), most=MOST_CHECKED_A_MINUTE, at=timezone.now())
    except TooMany as refusal:
        response = render(request, "429.html", {"reason": str(refusal)}, status=429)
        response["Retry-After"] = "60"
        return response
    asked = request.GET.get("number", "").replace("\0", "")[:_LONGEST_ASKED]
    document = told_document(code) if code.isalnum() else None
    if document is None:
        raise Http404
    key = request.GET.get("paper", "").replace("\0", "")[:_LONGEST_ASKED]
    checked = checked_document(document, asked, has_paper=has_paper(document, key))
    response = render(
        request,
        "portal/documents/document_check.html",
        {
            "checked": checked,
            "is_intact": is_intact(document.snapshot),
            "short_digest": short_digest(checked.digest),
            "asked": asked,
            "paper": key,
        },
    )
    response["X-Robots-Tag"] = "noindex"
    response["Cache-Control"] = "private, no-store"
    return response
