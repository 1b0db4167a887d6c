"""The description for people and for programs, and the answer where there is nothing."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.documentation import description
from hocsuotdoi.api.errors import not_found
from hocsuotdoi.api.routing import language_of


@public
@require_safe
def documentation(request: HttpRequest) -> HttpResponse:
    described = description.openapi()
    return render(
        request,
        "api/documentation.html",
        {
            "groups": description.groups(described),
            "error": description.error_parts(described),
            "info": described["info"],
            "address": request.build_absolute_uri(reverse("api:documentation")) + "v1/",
        },
    )


@public
@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    translation.activate(language_of(request))
    response = JsonResponse(description.openapi(), json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    response["Content-Language"] = translation.get_language() or ""
    patch_vary_headers(response, ["Accept-Language"])
    return response


@public
@csrf_exempt
def nothing(request: HttpRequest) -> HttpResponse:
    translation.activate(language_of(request))
    return not_found()
