"""An administrator's powers: switched on with a reason for at most an hour, switched off before."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from hocsuotdoi.accounts.models import PowerSwitch
from hocsuotdoi.accounts.operations.powers import switch_powers_off, switch_powers_on
from hocsuotdoi.accounts.rules import holds_switched_role
from hocsuotdoi.accounts.surfaces import signed_in
from hocsuotdoi.workspace.accounts.forms import PowersForm
from hocsuotdoi.workspace.acts import refusals_in

_LOG_SHOWN = 20


@signed_in
def powers(request: HttpRequest) -> HttpResponse:
    """Only for administrators, whose permissions are none while their powers are off: hence asked for here."""
    now = timezone.now()
    if not holds_switched_role(request.user, timezone.localdate(now)):
        raise PermissionDenied
    form = PowersForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_in(form):
            switch_powers_on(request.user, at=now, **form.cleaned_data)
            messages.success(request, _("Your powers are on. They switch off by themselves."))
            return redirect("workspace:accounts-powers")
    switches = PowerSwitch.objects.filter(person=request.user).order_by("-starts_at")
    context = {"form": form, "current": switches.on_at(now).first(), "log": switches[:_LOG_SHOWN]}
    return render(request, "workspace/accounts/powers.html", context)


@require_POST
@signed_in
def powers_off(request: HttpRequest) -> HttpResponse:
    """Whoever has nothing switched on changes nothing by this."""
    switch_powers_off(request.user, at=timezone.now())
    messages.success(request, _("Your powers are off."))
    return redirect("workspace:home")
