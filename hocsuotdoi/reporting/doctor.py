"""What `hocsuotdoi doctor` says of reports and documents."""

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hocsuotdoi.core.doctor import Finding, Level, check
from hocsuotdoi.core.office import office_path
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.models import Snapshot
from hocsuotdoi.reporting.operations.checking import is_intact
from hocsuotdoi.reporting.operations.signing import is_installed
from hocsuotdoi.reporting.queries.soundness import snapshots_apart

_LOOKED_AT = 200


@check(gettext_lazy("Frozen reports"))
def frozen_reports() -> list[Finding]:
    """Figures that are added up are those that the documents print."""
    return [
        Finding(
            Level.BROKEN,
            _("The figures of %(number)s are not those of its content.") % {"number": number},
            _("Compare the database with a backup: rows were changed outside the program."),
        )
        for number in snapshots_apart()
    ]


@check(gettext_lazy("Documents"))
def documents() -> list[Finding]:
    """LibreOffice, certificates without their library or body, snapshots whose digits do not fit."""
    return [*_office(), *_signing(), *_digests()]


def _office() -> list[Finding]:
    if found := office_path():
        return [Finding(Level.GOOD, _("PDF is written by {program}.").format(program=found))]
    mend = _("Install LibreOffice (on Debian: scripts/ensure-libreoffice) or set SOFFICE to where it is.")
    return [Finding(Level.UNCERTAIN, _("LibreOffice is not here: documents are Word and Excel only, no PDF."), mend)]


def _signing() -> list[Finding]:
    if settings.SIGNING_DIR is None:
        return []
    if not is_installed():
        message = _("SIGNING_DIR is set, but the library that signs is not installed.")
        return [Finding(Level.BROKEN, message, _("Run: pip install --require-hashes -r requirements/sign.txt"))]
    codes = {place.stem for place in settings.SIGNING_DIR.glob("*.p12")}
    unknown = sorted(codes - set(Agency.objects.filter(code__in=codes).values_list("code", flat=True)))
    good = Finding(Level.GOOD, _("{count} bodies can sign.").format(count=len(codes) - len(unknown)))
    if not unknown:
        return [good]
    message = _("No body has the code of these certificates: {names}.").format(names=", ".join(unknown[:5]))
    return [good, Finding(Level.UNCERTAIN, message, _("Name each file after the code of its body: <code>.p12."))]


def _digests() -> list[Finding]:
    """The newest ones: all of them would take minutes."""
    broken = [
        each.number for each in Snapshot.objects.order_by("-frozen_at", "-pk")[:_LOOKED_AT] if not is_intact(each)
    ]
    if not broken:
        return []
    message = _("Frozen figures do not fit their check digits: {numbers}.").format(numbers=", ".join(broken[:5]))
    return [
        Finding(Level.BROKEN, message, _("Compare the database with a backup: rows were changed outside the program."))
    ]
