"""The frame around every page: which doors there are, and through which one came in."""

from functools import lru_cache
from typing import Any

from django import template
from django.conf import settings
from django.template import Context, Engine, Node
from django.template.base import Parser, Token
from django.urls import NoReverseMatch, get_script_prefix
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from hocsuotdoi.core.addresses import address

register = template.Library()

# (area of the address's name, name of the address, words on the door)
PORTAL_DOORS = [
    ("activities", "portal:activities-activity-list", _("Activities")),
    ("institutions", "portal:places-institution-list", _("Institutions")),
    ("units", "portal:places-unit-list", _("Places")),
    ("programme", "portal:programme-plan-list", _("Programme")),
    ("indicators", "portal:indicators-indicator-list", _("Indicators")),
]


def _area(context: Context) -> str:
    match = getattr(context.get("request"), "resolver_match", None)
    name = (match.url_name or "") if match else ""
    if name.startswith("places-institution"):
        return "institutions"
    return "units" if name.startswith("places-") else name.split("-")[0]


@register.simple_tag(takes_context=True)
def frame_part(context: Context, name: str) -> SafeString:
    """A part of the frame that knows of the request only the area it lies in, whether the person is signed in (not
    who), and the address: `area`, `is_signed_in`, `request.get_full_path`. Drawn once for each of the first two."""
    request, user = context.get("request"), context.get("user")
    is_signed_in = bool(user is not None and user.is_authenticated)
    where = (settings.ROOT_URLCONF, get_script_prefix(), get_language())
    text = _kept(name, _area(context), is_signed_in, where)
    here = escape(request.get_full_path()) if request is not None else ""
    return mark_safe(text.replace(_HERE, here))


@lru_cache(maxsize=512)
def _kept(name: str, area: str, is_signed_in: bool, _where: tuple) -> SafeString:
    given = {"request": _AnyRequest(), "is_signed_in": is_signed_in, "items": _doors(area)}
    return Engine.get_default().get_template(name).render(Context(given))


def _doors(here: str) -> list[dict[str, Any]]:
    """The public's five doors; one whose address does not exist is left out."""
    items = []
    for area, name, label in PORTAL_DOORS:
        try:
            url = address(name)
        except NoReverseMatch:
            continue
        items.append({"url": url, "label": label, "is_current": area == here})
    return items


_HERE = "\N{SYMBOL FOR UNIT SEPARATOR}here\N{SYMBOL FOR UNIT SEPARATOR}"


class _AnyRequest:
    def get_full_path(self) -> str:
        return _HERE


class _ParentNode(Node):
    def render(self, context: Context) -> str:
        return context["block"].super()


@register.tag
def parent_block(parser: Parser, token: Token) -> _ParentNode:
    """What the block says in the template that this one extends; in place of `{{ block.super }}`, which Django resolves
    as a variable: where anything in the parent's block is missing, that counts as the variable missing, and the whole
    block is silently empty under status 200. Here the error goes on, to the test or into the log."""
    return _ParentNode()
