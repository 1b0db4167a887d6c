"""The program's addresses, and two that do nothing but pass everything that a request passes."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt


def nothing(request: HttpRequest) -> HttpResponse:
    """An empty page; for a form, the redirect that follows one."""
    if request.method == "POST":
        len(request.body)  # what is not read closes the connection
        request.POST.get("form_key")
        return HttpResponse(status=302, headers={"Location": "/nothing/"})
    return HttpResponse("<!doctype html><title>.</title>")


urlpatterns = [
    path("nothing/", nothing),
    path("nothing/machine/", csrf_exempt(nothing)),
    path("", include("hocsuotdoi.config.urls")),
]
