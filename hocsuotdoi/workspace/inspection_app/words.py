"""What the visit on the phone says. It runs without the server, so it takes its words along, in the reader's language;
values are put in by name."""

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import within
from hocsuotdoi.inspection.enums import Seen, VisitState


def words() -> dict[str, str | list]:
    """Every sentence of the program by its key."""
    return {**_visits(), **_visit(), **_status(), **_lists()}


def _visits() -> dict[str, str]:
    return {
        "title": _("Your visits"),
        "today": _("Today"),
        "tomorrow": _("Tomorrow"),
        "nothing": _("No visit this week"),
        "nothing_text": _("Visits of the next seven days come here as soon as you are in their team."),
        "not_carried": _("Nothing on this phone yet"),
        "not_carried_text": _("Sign in where there is a connection: then your visits are on this phone."),
        "sign_in": _("Sign in"),
        "signed_out": _("You are signed out. What you noted is kept on this phone; sign in to send it."),
        "other_person": _("{count} notes of somebody else are on this phone; they are sent when that person signs in."),
        "office": _("Open the inspection pages (with a connection)"),
        "answered_of": _("{answered} of {asked} answered"),
        "back": _("Your visits"),
        "insecure": _(
            "This browser cannot keep a visit here: the page must be opened by https, in a browser of recent years."
        ),
        "no_store": _("This browser keeps nothing for this page (a private window?). Open it in an ordinary window."),
    }


def _visit() -> dict[str, str]:
    return {
        "gone": _("This visit is not on this phone"),
        "gone_text": _("It was closed or cancelled, or it lies further away than a week."),
        "team": _("Team: {names}"),
        "note": _("Note"),
        "number": _("Number"),
        "words": _("In words"),
        "source": _("Legal basis: {source}"),
        "kept": _("kept on this phone"),
        "sent": _("sent"),
        "refused": _("Not taken: {reason}"),
        "somebody_later": _("Somebody answered later, and that holds. You had noted: {mine}"),
        "by": _("{name}, {time}"),
        "add_photo": _("Take a picture"),
        "photo": _("Picture, {time}"),
        "photo_refused": _("This cannot be read as a picture."),
        "missing_words": _("Write why the question does not apply, then keep it."),
        "missing_number": _("Write a number, 0 or more."),
        "all_answered": _(
            "All questions are answered. Findings, the institution’s opinion and closing are in the office pages."
        ),
        "still_open": _("{count} questions without an answer"),
        "to_office": _("Findings and closing"),
        "other_photos": _("Pictures to no question"),
        "photos_there": _("{count} sent already"),
    }


def _status() -> dict[str, str]:
    return {
        "synced_at": _("synced {time}"),
        "never_synced": _("never synced"),
        "unsent": _("{count} not sent yet"),
        "all_sent": _("all sent"),
        "refused_count": _("{count} not taken"),
        "online": _("Connected"),
        "offline": _("No connection: keep working, everything is kept on this phone"),
        "syncing": _("Syncing …"),
        "sync_now": _("Sync now"),
        "server_problem": _("The server answers, but not as it should. It is tried again."),
        "status_title": _("What is on this phone"),
        "person": _("Belongs to"),
        "last_sync": _("Last sync"),
        "to_send": _("Not sent yet"),
        "kept_for_good": _("Kept safely on this phone"),
        "yes": _("Yes"),
        "no_persist": _(
            "The browser may clear it when space is short: sync often, and install this page on the home screen."
        ),
        "version": _("Version"),
        "refused_title": _("Not taken by the server"),
        "refused_lead": _(
            "Nothing of it is lost: it stays on this phone. Save it as a file for whoever leads the team."
        ),
        "export_act": _("Save as a file"),
        "drop": _("Take it off this phone"),
        "drop_sure": _("Really take it off? It is nowhere else."),
        "update": _("A new version is ready"),
        "update_act": _("Use it now"),
        "not_kept": _("NOT kept: this phone has no space left. Free some, then do it again."),
    }


def _lists() -> dict[str, list]:
    """As the server writes them, with their words."""
    return {
        "weekdays": [[str(name), within(str(name))] for _day, name in sorted(WEEKDAYS.items())],
        "seen": [[each.value, str(each.label)] for each in Seen],
        "states": [[each.value, str(each.label)] for each in VisitState],
    }
