"""The public's first page, the page about this site, and the change of language."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.i18n import set_language

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.portal.home.front import front_at


@public
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home/home.html", {"front": front_at(timezone.now())})


@public
def about(request: HttpRequest) -> HttpResponse:
    return render(request, "portal/home/about.html")


# Exempt: a stranger who changes the language of our pages does no harm, and so a page without forms sets no cookie.
language = public(csrf_exempt(set_language))
