"""E-mail through the mail server of the settings. Without one, letters would only be files: then it is not offered."""

import smtplib

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.translation import gettext as _

from hocsuotdoi.core.channels.message import Attachment, ForGood, Reach, TryAgain


class EmailChannel:
    name = "email"
    reach = Reach.EMAIL
    rank = 20

    def is_configured(self) -> bool:
        return not settings.EMAIL_BACKEND.endswith("filebased.EmailBackend")

    def send(
        self, address: str, subject: str, text: str, url: str, *, key: str = "", attachment: Attachment | None = None
    ) -> None:
        letter = EmailMessage(
            subject=" ".join(subject.split()),
            body=f"{text}\n\n{url}\n" if url else f"{text}\n",
            to=[address],
            headers={"Auto-Submitted": "auto-generated"} | ({"X-Entity-Ref-ID": key} if key else {}),
        )
        if attachment:
            letter.attach(attachment.name, attachment.content, attachment.content_type)
        try:
            letter.send()
        except smtplib.SMTPRecipientsRefused as error:
            raise self._refused(*next(iter(error.recipients.values()))) from None
        except smtplib.SMTPResponseException as error:
            # What the server says before it looks at an address (signing in, sender) is ours to mend: later, then.
            if isinstance(error, smtplib.SMTPDataError):
                raise self._refused(error.smtp_code, error.smtp_error) from None
            raise TryAgain(_("The mail server answers {code}.").format(code=error.smtp_code)) from None
        except (OSError, smtplib.SMTPException) as error:
            raise TryAgain(_("The mail server does not answer ({kind}).").format(kind=type(error).__name__)) from None
        except ValueError:
            raise ForGood(_("This e-mail address cannot be written on a letter.")) from None

    def _refused(self, code: int, _said: bytes | str) -> TryAgain | ForGood:
        """4yz means later, 5yz never (RFC 5321, 4.2.1)."""
        if 400 <= code < 500:
            return TryAgain(_("The mail server answers {code}.").format(code=code))
        return ForGood(_("The mail server does not take this address ({code}).").format(code=code))


channel = EmailChannel()
