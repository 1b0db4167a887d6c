"""Pieces of pages drawn by Jinja2, several times as fast as Django's templates: what stands on the public's pages, and
components that stand on every page.

A piece lies once, in a room's folder `jinja2/`, and both sides use it: a Django template by `{% include … only %}`,
another piece by `{{ part("components/icon.html", name="ticket") }}`. Escaped by itself; words by `_()`, `ngettext()`,
`pgettext()`; what nobody gives is empty.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, cast

import jinja2
from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.template import Context, Origin, TemplateDoesNotExist, defaultfilters
from django.template.loaders.base import Loader
from django.template.utils import get_app_template_dirs
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation.trans_real import translation
from markupsafe import Markup

from hocsuotdoi.core.addresses import address
from hocsuotdoi.core.templatetags import house

FILTERS_OF_DJANGO = ("capfirst", "linebreaks", "linebreaksbr", "truncatechars")
FILTERS_OF_THE_HOUSE = ("clock", "day", "day_short", "day_within", "local_day", "moment", "month", "number", "weekday")


class Part:
    """A piece as Django's `{% include %}` takes it."""

    def __init__(self, name: str):
        self.name, self.origin = name, Origin(name, name)

    def render(self, context: Context) -> SafeString:
        return _drawn(
            environment(get_language() or settings.LANGUAGE_CODE), self.name, cast(dict[str, Any], context.flatten())
        )


class PartLoader(Loader):
    """Finds pieces before Django looks for a template of that name."""

    def get_template(self, template_name: str, skip: Any = None) -> Part:  # type: ignore[override]
        if not _is_part(template_name):
            raise TemplateDoesNotExist(template_name, tried=[])
        return Part(template_name)


def part(name: str, /, **given: Any) -> SafeString:
    """The piece drawn with what is given and nothing else."""
    return _drawn(environment(get_language() or settings.LANGUAGE_CODE), name, given)


@cache
def environment(language: str) -> jinja2.Environment:
    """One for each language, so that a sentence's words are looked up once, not at each drawing."""
    made = jinja2.Environment(
        autoescape=True,
        auto_reload=settings.DEBUG,
        keep_trailing_newline=True,  # an icon and the word after it stand apart
        loader=jinja2.FileSystemLoader(get_app_template_dirs("jinja2")),
        lstrip_blocks=True,
        trim_blocks=True,
    )
    made.globals |= {
        **_words(language),
        "current_language": language,
        "link_to": address,
        "part": lambda name, /, **given: _drawn(made, name, given),
        "static": _static,
        "time_range": house.time_range,
    }
    made.filters |= {name: house.register.filters[name] for name in FILTERS_OF_THE_HOUSE}
    made.filters |= {name: _for_markup(defaultfilters.register.filters[name]) for name in FILTERS_OF_DJANGO}
    return made


def _drawn(made: jinja2.Environment, name: str, given: dict[str, Any]) -> SafeString:
    # What `render(**given)` does, but for its chain of dictionaries, which costs more than the drawing.
    template = made.get_template(name)
    context = made.context_class(made, made.globals | given, name, template.blocks)
    return mark_safe("".join(template.root_render_func(context)))


def _words(language: str) -> dict[str, Callable[..., Markup]]:
    """Gettext's functions for one language. A sentence may hold markup, the values put into it are escaped."""
    known = translation(language)

    @cache
    def sentence(text: str) -> Markup:
        return Markup(known.gettext(text))

    def one(text: str, /, **values: Any) -> Markup:
        return sentence(text) % values if values else sentence(text)

    def one_of(context: str, text: str, /, **values: Any) -> Markup:
        return Markup(known.pgettext(context, text)) % values

    def several(singular: str, plural: str, number: int, /, **values: Any) -> Markup:
        return Markup(known.ngettext(singular, plural, number)) % values

    return {"_": one, "pgettext": one_of, "ngettext": several}


@lru_cache(maxsize=None if not settings.DEBUG else 0)
def _is_part(name: str) -> bool:
    try:
        environment(settings.LANGUAGE_CODE).get_template(name)
    except jinja2.TemplateNotFound:
        return False
    return True


def _for_markup(filter: Callable[..., Any]) -> Callable[..., Any]:
    """What is escaped already is not escaped again: Django's filters know only Django's mark for it."""

    def filtered(value: Any, *args: Any) -> Any:
        return filter(mark_safe(str(value)) if hasattr(value, "__html__") else value, *args)

    return filtered


@lru_cache(maxsize=256)
def _static(path: str) -> str:
    return staticfiles_storage.url(path)
