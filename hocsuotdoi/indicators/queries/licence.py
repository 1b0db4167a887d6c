"""Under which licence the open figures may be used: named by whoever operates the program, never by the program."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Licence:
    name: str
    url: str

    @property
    def link_header(self) -> dict[str, str]:
        """What goes with a file that has no room to say it (RFC 8288, relation «license»)."""
        return {"Link": f'<{self.url}>; rel="license"'}


def data_licence() -> Licence | None:
    """None where nobody has named one."""
    if not settings.DATA_LICENCE_NAME:
        return None
    return Licence(settings.DATA_LICENCE_NAME, settings.DATA_LICENCE_URL)


def licence_headers() -> dict[str, str]:
    named = data_licence()
    return named.link_header if named else {}


def licence_words() -> str:
    """In one sentence, for files and programs."""
    named = data_licence()
    if named:
        return _("Licence of the data: {name}, {url}").format(name=named.name, url=named.url)
    return _(
        "The operator of this installation has not named a licence of the data yet: ask before you publish it anew."
    )
