"""Tables of counts that somebody keeps under a name: kept, named otherwise, forgotten."""

from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.surfaces import signed_in
from hocsuotdoi.core.errors import Refused
from hocsuotdoi.indicators.models import SavedTable
from hocsuotdoi.indicators.operations.saved_tables import forget_table, rename_table, save_table


@signed_in
@require_POST
def table_save(request: HttpRequest) -> HttpResponse:
    query = request.POST.get("query", "")
    try:
        table = save_table(
            cast(Person, request.user), name=request.POST.get("name", ""), query=query, at=timezone.now()
        )
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("“{name}” stands in your list now.").format(name=table.name))
    return redirect(f"{reverse('portal:indicators-pivot')}?{QueryDict(query[:2000]).urlencode()}")


@signed_in
@require_POST
def table_rename(request: HttpRequest, pk: int) -> HttpResponse:
    table = get_object_or_404(SavedTable.objects.visible_to(request.user), pk=pk)
    try:
        renamed = rename_table(table, name=request.POST.get("name", ""))
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("The table is called “{name}” now.").format(name=renamed.name))
    return redirect(f"{reverse('portal:indicators-pivot')}?{table.query}")


@signed_in
@require_POST
def table_forget(request: HttpRequest, pk: int) -> HttpResponse:
    table = get_object_or_404(SavedTable.objects.visible_to(request.user), pk=pk)
    forget_table(table)
    messages.success(request, _("“{name}” is no longer in your list.").format(name=table.name))
    return redirect("portal:indicators-pivot")
