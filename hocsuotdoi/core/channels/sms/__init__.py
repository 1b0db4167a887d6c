"""SMS through a gateway that takes one message as JSON (docs/how-to/add-a-channel.md says which words).

Sent without Vietnamese marks: a segment then holds 160 signs instead of 70, and brand names are mostly registered so.
"""

from django.conf import settings
from django.utils.translation import gettext as _

from hocsuotdoi.core.channels.http import post_json
from hocsuotdoi.core.channels.message import Attachment, ForGood, Reach, TryAgain
from hocsuotdoi.core.channels.phones import international
from hocsuotdoi.core.vietnamese import without_marks

LONGEST = 459
"""Three segments of 153 signs: more costs more and is read less."""

# Signs that would turn the whole message into one of 70 signs a segment.
_PLAIN = str.maketrans({"“": '"', "”": '"', "’": "'", "‘": "'", "–": "-", "—": "-", "…": "...", "«": '"', "»": '"'})


class SmsChannel:
    name = "sms"
    reach = Reach.PHONE
    rank = 40

    def is_configured(self) -> bool:
        return bool(settings.SMS_GATEWAY_URL)

    def send(
        self, address: str, subject: str, text: str, url: str, *, key: str = "", attachment: Attachment | None = None
    ) -> None:
        answer = post_json(
            settings.SMS_GATEWAY_URL,
            {"to": international(address), "from": settings.SMS_SENDER, "text": short(text, url), "id": key},
            {"Authorization": f"Bearer {settings.SMS_TOKEN}"},
        )
        if 200 <= answer.status < 300:
            return
        if answer.status in {400, 404, 422}:
            raise ForGood(_("The SMS gateway does not take this message ({code}).").format(code=answer.status))
        raise TryAgain(_("The SMS gateway answers {code}.").format(code=answer.status))


def short(text: str, url: str) -> str:
    """The words without marks and the whole address, in at most `LONGEST` signs."""
    plain = without_marks(" ".join(text.translate(_PLAIN).split()))
    room = LONGEST - (len(url) + 1 if url else 0)
    if len(plain) > room:
        plain = plain[: max(room - 3, 0)].rstrip() + "..."
    return f"{plain} {url}".strip()


channel = SmsChannel()
