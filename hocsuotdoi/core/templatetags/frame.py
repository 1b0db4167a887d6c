"""The frame around every page: which doors there are, and through which one came in."""

from typing import Any

from django import template
from django.template import Context, Node
from django.template.base import Parser, Token
from django.urls import NoReverseMatch
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


@register.inclusion_tag("components/portal_nav.html", takes_context=True)
def portal_nav(context: Context) -> dict[str, Any]:
    """The public's five doors; one whose address does not exist is left out."""
    here, items = _area(context), []
    for area, name, label in PORTAL_DOORS:
        try:
            url = address(name)
        except NoReverseMatch:
            continue
        items.append({"url": url, "label": label, "is_current": area == here})
    return {"items": items}


class _ParentNode(Node):
    def render(self, context: Context) -> str:
        return context["block"].super()


@register.tag
def parent_block(parser: Parser, token: Token) -> _ParentNode:
    """What the block says in the template that this one extends; in place of `{{ block.super }}`, which Django resolves
    as a variable: where anything in the parent's block is missing, that counts as the variable missing, and the whole
    block is silently empty under status 200. Here the error goes on, to the test or into the log."""
    return _ParentNode()
