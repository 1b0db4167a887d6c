"""What is to be read, what we have sent, who has read it."""

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.queries.scope import offices_held
from hocsuotdoi.accounts.surfaces import requires
from hocsuotdoi.papers.enums import PaperState
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.queries.finding import Wanted, papers_found, with_files
from hocsuotdoi.papers.queries.inbox import papers_to_read
from hocsuotdoi.papers.queries.receipts import not_read, read_by_province
from hocsuotdoi.papers.queries.recipients import recipients_of
from hocsuotdoi.places.enums import Tier
from hocsuotdoi.places.models import AdminUnit
from hocsuotdoi.workspace.papers.forms import FileForm

_ON_A_PAGE = 20
_NAMED_ON_A_PAGE = 50
TABS = {
    "to_read": gettext_lazy("To read"),
    "sent": gettext_lazy("Sent by us"),
    "drafts": gettext_lazy("Drafts"),
}


@requires(Permission.VIEW_WORKSPACE)
@require_GET
def paper_list(request: HttpRequest) -> HttpResponse:
    """What is to be read; for those who send papers, also what was sent and the drafts."""
    today = timezone.localdate()
    publishes = Permission.PUBLISH_PAPER in request.permissions
    tab = request.GET.get("tab", "")
    tab = tab if publishes and tab in TABS else "to_read"
    if tab == "to_read":
        papers = papers_to_read(request.user, today)
    else:
        wanted = ours(request).filter(state=PaperState.DRAFT) if tab == "drafts" else _sent(request)
        papers = papers_found(wanted, Wanted())
    here = reverse("workspace:papers-paper-list")
    return render(
        request,
        "workspace/papers/paper_list.html",
        {
            "tab": tab,
            "tabs": [
                {"label": label, "url": here if name == "to_read" else f"{here}?tab={name}", "is_current": name == tab}
                for name, label in TABS.items()
            ]
            if publishes
            else [],
            "publishes": publishes,
            "page": Paginator(with_files(papers), _ON_A_PAGE).get_page(request.GET.get("page")),
            "today": today,
        },
    )


@requires(Permission.PUBLISH_PAPER)
@require_GET
def paper_manage(request: HttpRequest, pk: int) -> HttpResponse:
    """A draft with what is still to be done; a sent paper with who has read it."""
    paper = get_object_or_404(with_files(ours(request).select_related("sender", "replaces")), pk=pk)
    today = timezone.localdate()
    is_draft = paper.state == PaperState.DRAFT
    read = [] if is_draft else read_by_province(paper, today)
    recipients = recipients_of(paper, today) if is_draft else None
    return render(
        request,
        "workspace/papers/paper_manage.html",
        {
            "paper": paper,
            "form": FileForm() if is_draft else None,
            "files": list(paper.files.all()),
            "agencies": recipients.agencies.count() if recipients else 0,
            "institutions": recipients.institutions.count() if recipients else 0,
            "sent": sum(row.sent for row in read),
            "read": sum(row.read for row in read),
            "rows": read,
            "path": [to_list()],
        },
    )


@requires(Permission.PUBLISH_PAPER)
@require_GET
def receipt_list(request: HttpRequest, pk: int) -> HttpResponse:
    """By name, who has not said yet that it was read; of one province with ?province=."""
    paper = get_object_or_404(ours(request).exclude(state=PaperState.DRAFT).select_related("sender"), pk=pk)
    today = timezone.localdate()
    province = None
    if code := request.GET.get("province", ""):
        if not code.isalnum():
            raise Http404
        province = get_object_or_404(AdminUnit.objects.on(today), tier=Tier.PROVINCE, code=code[:10])
    rows = not_read(paper, today, province)
    return render(
        request,
        "workspace/papers/receipt_list.html",
        {
            "paper": paper,
            "province": province,
            "page": Paginator(rows, _NAMED_ON_A_PAGE).get_page(request.GET.get("page")),
            "path": [to_list(), (str(paper), reverse("workspace:papers-paper-manage", args=[pk]))],
        },
    )


def ours(request: HttpRequest) -> QuerySet[Paper]:
    """The papers, drafts too, of the bodies in whose name the person may send."""
    return Paper.objects.filter(sender__in=offices_held(request.user, Permission.PUBLISH_PAPER))


def _sent(request: HttpRequest) -> QuerySet[Paper]:
    return ours(request).exclude(state=PaperState.DRAFT)


def to_list() -> tuple[str, str]:
    return _("Papers"), reverse("workspace:papers-paper-list")
