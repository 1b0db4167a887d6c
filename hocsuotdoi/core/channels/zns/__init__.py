"""Zalo Notification Service: a template that Zalo has approved, sent to a phone number.

The template has the parameters of `ZNS_PARAMETERS`, which default to «subject», «content» and «link». Errors come in
the body, with status 200 (docs/how-to/add-a-channel.md).
"""

from django.conf import settings
from django.utils.translation import gettext as _

from hocsuotdoi.core.channels.http import post_json
from hocsuotdoi.core.channels.message import Attachment, ForGood, Reach, TryAgain
from hocsuotdoi.core.channels.phones import international
from hocsuotdoi.core.channels.zns import token

# Of the documented codes those that are about this person or number; all others are the service's or ours to mend.
NEVER = {
    -108,  # phone number invalid
    -110,  # the person's Zalo is too old
    -114,  # inactive, or refuses messages
    -118,  # no Zalo account
    -119,  # the account cannot receive it
    -134,  # has not answered the request to receive
    -139,  # refuses this kind of message
    -141,  # refuses messages of this account
}
TOKEN_INVALID = -124


class ZnsChannel:
    name = "zns"
    reach = Reach.PHONE
    rank = 30

    def is_configured(self) -> bool:
        return bool(settings.ZNS_TEMPLATE_ID)

    def send(
        self, address: str, subject: str, text: str, url: str, *, key: str = "", attachment: Attachment | None = None
    ) -> None:
        subject_name, text_name, url_name = settings.ZNS_PARAMETERS
        content = {
            "phone": international(address),
            "template_id": settings.ZNS_TEMPLATE_ID,
            "template_data": {subject_name: _cut(subject, 100), text_name: _cut(text, 400), url_name: url},
            "tracking_id": key,
        }
        access_token = token.current()
        code = self._code(content, access_token)
        if code == TOKEN_INVALID:
            code = self._code(content, token.renewed(access_token))
        if code in NEVER:
            raise ForGood(_("Zalo does not reach this number (code {code}).").format(code=code))
        if code != 0:
            raise TryAgain(_("Zalo does not take the message (code {code}).").format(code=code))

    def _code(self, content: dict, access_token: str) -> int:
        answer = post_json(settings.ZNS_URL, content, {"access_token": access_token})
        try:
            return int(answer.json()["error"])
        except (KeyError, TypeError, ValueError):
            raise TryAgain(_("Zalo answers {code}, without words.").format(code=answer.status)) from None


def _cut(text: str, longest: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


channel = ZnsChannel()
