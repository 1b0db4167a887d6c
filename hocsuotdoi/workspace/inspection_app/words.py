"""What the visit on the phone says. It runs without the server, so it takes its words along, in the reader's language;
values are put in by name."""

from django.conf import settings
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from hocsuotdoi.core.templatetags.house import within
from hocsuotdoi.inspection.enums import Seen, Severity, VisitState


def words() -> dict[str, str | list]:
    """Every sentence of the program by its key."""
    return {**_visits(), **_visit(), **_findings(), **_ending(), **_status(), **_lists()}


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
        "all_answered": _("All questions are answered. Note what was found, then close the visit here."),
        "still_open": _("{count} questions without an answer"),
        "to_findings": _("Note what was found"),
        "finding_from": _("Write a finding to this"),
        "photo_care": _(
            "Pictures show the state of things: no faces, no names of readers. They are deleted {months} months after "
            "the visit."
        ).format(months=settings.INSPECTION_KEPT_MONTHS),
        "other_photos": _("Pictures to no question"),
        "photos_there": _("{count} sent already"),
    }


def _findings() -> dict[str, str]:
    return {
        "parts": _("Parts of the visit"),
        "questions_tab": _("Questions"),
        "found_tab": _("Findings"),
        "end_tab": _("Closing"),
        "found_lead": _("What the team concludes. What is to be mended becomes a task when the visit is closed."),
        "found_none": _("No finding yet"),
        "found_add": _("Write a finding"),
        "finding_change": _("Change the finding"),
        "finding_keep": _("Keep the finding"),
        "severity": _("Kind"),
        "to_question": _("To the question"),
        "no_question": _("none"),
        "finding_text": pgettext("at an inspection", "What was found"),
        "demand": _("What is to be done"),
        "due_on": _("To be mended by"),
        "demand_words": _("To be done: {text}"),
        "due_words": _("By {day}"),
        "mends": _("Becomes a task of: {name}"),
        "mends_nobody": _(
            "No body answers for this institution yet: what is to be mended can only be closed with one."
        ),
        "missing_text": _("Write what was found."),
        "missing_demand": _("Say what is to be done about it."),
        "missing_due": _("Give them time: choose a day to come."),
        "draft_kept": _("You had begun to write this; it was kept."),
        "change": _("Change"),
        "take_out": _("Take out"),
        "take_out_sure": _("Take this finding out?"),
        "yours": _("You had written:"),
        "yours_take_out": _("You had taken it out:"),
        "keep_mine": _("Keep mine"),
        "keep_theirs": _("Leave it as it stands"),
    }


def _ending() -> dict[str, str]:
    return {
        "end_lead": _(
            "Read it out to those who are there. It is closed here and now, and sent with the next connection."
        ),
        "conclusion": _("Conclusion"),
        "opinion": _("What the institution says to it"),
        "opinion_words": _("The institution: {text}"),
        "signed_title": _("Signed by name"),
        "signed_lead": _("Who is there and agrees. The minutes carry these names for signature by hand."),
        "signed_team": _("Of the team"),
        "signed_institution": _("Of the institution"),
        "guest_name": pgettext("of a person", "Full name"),
        "guest_post": _("Office held"),
        "guest_add": _("One more person"),
        "unsigned_reason": _("If nobody of the institution signs: why"),
        "end_act": _("Close the visit"),
        "end_sure": _("Close the visit? Then nothing is added any more."),
        "in_the_way": _("Before the visit can be closed:"),
        "contested_first": _("Decide on the finding that somebody else has changed."),
        "refused_first": _("Mend or take out the finding that was not taken."),
        "refused_holds": _("A finding was not taken. Open the visit again, mend it or take it out, then close again."),
        "draft_first": _("Keep the finding that you have begun to write, or take it out."),
        "missing_conclusion": _("Write the conclusion: the institution reads it first."),
        "missing_team": _("Say who of the team signs."),
        "missing_guest": _("Say who signs for the institution, or why nobody does."),
        "closed_waits": _("Closed, not sent yet"),
        "closed_waits_text": _("Closed on this phone, {time}. It is sent with the next connection."),
        "closed_title": _("Closed and sent"),
        "reopen": _("Open it again"),
        "changed_title": _("Not closed yet: others have noted something that you have not seen"),
        "changed_text": _("Look at it, then close again. Your words are still here."),
        "ending_words": _("Closing: {text}"),
    }


def _status() -> dict[str, str]:
    return {
        "synced_at": _("synced {time}"),
        "never_synced": _("never synced"),
        "unsent": _("{count} not sent yet"),
        "all_sent": _("all sent"),
        "refused_count": _("{count} not taken"),
        "contested_count": _("{count} changed by somebody else: decide"),
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
        "severities": [[each.value, str(each.label).capitalize()] for each in Severity],
        "states": [[each.value, str(each.label)] for each in VisitState],
    }
