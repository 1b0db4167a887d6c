"""One's own account: name, phone, language, how one signs in, which roles one holds."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from hocsuotdoi.accounts.queries.roles import own_roles
from hocsuotdoi.accounts.surfaces import signed_in
from hocsuotdoi.portal.accounts.adapter import remember_language
from hocsuotdoi.portal.accounts.forms import PersonForm


@signed_in
def person_edit(request: HttpRequest) -> HttpResponse:
    form = PersonForm(request.POST or None, instance=request.user)
    if request.method == "POST" and form.is_valid():
        person = form.save()
        with override(person.language):
            messages.success(request, _("Saved."))
        response = redirect("portal:accounts-person-edit")
        remember_language(response, person.language)
        return response
    roles = [
        {"role": each.get_role_display(), "where": each.unit or each.agency or each.institution}
        for each in own_roles(request.user, timezone.localdate())
    ]
    return render(request, "portal/accounts/person_edit.html", {"form": form, "roles": roles})
