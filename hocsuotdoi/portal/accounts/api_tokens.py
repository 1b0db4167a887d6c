"""Keys for programs that act as oneself: make one (its secret is shown once), see when each was used, revoke."""

import uuid

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from hocsuotdoi.accounts.models import ApiToken
from hocsuotdoi.accounts.operations.api_tokens import make_api_token, revoke_api_token
from hocsuotdoi.accounts.surfaces import signed_in
from hocsuotdoi.core.errors import Refused

SHOWN = 50


class ApiTokenForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("What the key is for"),
        max_length=80,
        help_text=gettext_lazy("So that you know later which program has it, for example “library’s website”"),
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("How long it works"),
        coerce=int,
        initial=90,
        choices=[
            (30, gettext_lazy("30 days")),
            (90, gettext_lazy("90 days")),
            (180, gettext_lazy("180 days")),
            (365, gettext_lazy("one year")),
        ],
    )


@signed_in
@never_cache
@require_http_methods(["GET", "POST"])
def api_token_list(request: HttpRequest) -> HttpResponse:
    """The secret is shown in the answer to the form itself: nothing keeps it, so no other page can show it."""
    now = timezone.now()
    form = ApiTokenForm(request.POST or None)
    made, secret = None, ""
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = make_api_token(request.user, at=now, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            form = ApiTokenForm()
    tokens = list(ApiToken.objects.filter(person=request.user)[:SHOWN])
    return render(
        request,
        "portal/accounts/api_token_list.html",
        {
            "form": form,
            "made": made,
            "secret": secret,
            "rows": [{"token": token, "is_alive": token.is_alive_at(now)} for token in tokens],
            "path": _path(),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


@signed_in
@require_http_methods(["GET", "POST"])
def api_token_revoke(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    token = get_object_or_404(ApiToken, person=request.user, pk=pk)
    back = reverse("portal:accounts-api-token-list")
    if request.method == "POST":
        revoke_api_token(token, at=timezone.now())
        messages.success(request, _("The key “{name}” no longer works.").format(name=token.name))
        return redirect(back)
    return render(
        request,
        "portal/accounts/api_token_revoke.html",
        {"token": token, "back": back, "path": [*_path(), (_("API keys"), back)]},
    )


def _path() -> list[tuple[str, str]]:
    return [(_("My account"), reverse("portal:accounts-person-edit"))]
