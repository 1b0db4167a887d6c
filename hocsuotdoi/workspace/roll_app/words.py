"""What the offline roll says. It runs without the server, so it takes its words along, in the reader's language; values
are put in by name."""

from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _

from hocsuotdoi.core.templatetags.house import within
from hocsuotdoi.ledger.enums import AgeBand, Sex


def words() -> dict[str, str | list]:
    """Every sentence of the program by its key."""
    return {**_enrolling(), **_days(), **_session(), **_scanning(), **_status(), **_lists()}


def _enrolling() -> dict[str, str]:
    return {
        "enrol_title": _("Enrol this device"),
        "enrol_lead": _(
            "With a code from the manager this phone calls the roll of one institution, also without a connection."
        ),
        "enrol_where": _(
            "The manager finds the code in the workspace under “Devices”: scan the square with the camera, "
            "or type the letters below it."
        ),
        "enrol_code": _("Code of the invitation"),
        "enrol_act": _("Enrol this device"),
        "enrol_again": _(
            "This device belongs to {institution}. With a new code it belongs to the institution of that "
            "code; what it noted is kept."
        ),
        "enrol_offline": _("Enrolling needs a connection. Try again where there is one."),
        "enrolled": _("Enrolled: {institution}."),
        "ordinary_roll": _("Open the ordinary roll (with a connection)"),
        "insecure": _(
            "This browser cannot keep a roll here: the page must be opened by https, in a browser of recent years."
        ),
        "no_store": _("This browser keeps nothing for this page (a private window?). Open it in an ordinary window."),
    }


def _days() -> dict[str, str]:
    return {
        "days_title": _("Sessions"),
        "today": _("Today"),
        "tomorrow": _("Tomorrow"),
        "no_sessions": _("Nothing planned"),
        "no_sessions_text": _("No session of the next two weeks is published. Sessions come here with the next sync."),
        "not_carried": _("Nothing carried yet"),
        "not_carried_text": _("Find a connection once and press “Sync now”: then the rolls are on this phone."),
        "more_sessions": _("There are more sessions than this phone carries: the later ones come when it is time."),
        "expected": _("{people} expected"),
        "came": _("{people} came"),
        "closed_here": _("closed on this phone"),
        "to_close": _("to be closed"),
        "back": _("Sessions"),
    }


def _session() -> dict[str, str]:
    return {
        "gone": _("This session is not on this phone"),
        "gone_text": _("It was closed or cancelled, or it lies further away than two weeks."),
        "opens_at": _("The roll opens at {time}, two hours before the session starts."),
        "left_out": _(
            "The names of this session are not on this phone yet: there are too many. They come nearer to "
            "the day. Walk-ins and the count can be kept now."
        ),
        "here_of": _("{here} of {expected} here"),
        "also_counted": _("{people} more without names or registration"),
        "all_here": _("All are here"),
        "then_untick": _("then untick who is missing"),
        "scan": _("Scan tickets"),
        "search": _("Search by name or code"),
        "nobody_found": _("Nobody on this roll is called so."),
        "nobody_registered": _("Nobody has registered. Add people by name below, or count them."),
        "registered": _("Registered"),
        "walk_in": _("came without registering"),
        "walk_ins": _("Came without registering"),
        "name": _("Name"),
        "name_missing": _("Write the name, or count the person below."),
        "sex": _("Sex"),
        "age": _("Age"),
        "add": _("Add"),
        "added": _("{name} is on the roll."),
        "tally": _("Count without names"),
        "tally_help": _("Only people who are on no list. What this phone counts is added to what others count."),
        "tally_cell": _("{sex}, {age}"),
        "tally_others": _("All devices together: {people}"),
        "note": _("Note on the session"),
        "keep_note": _("Keep the note"),
        "note_kept": _("The note is kept."),
        "one_less": _("One less: {name}"),
        "one_more": _("One more: {name}"),
        "group_of": _("group of {size}"),
        "waits": _("waits for a decision"),
        "close": _("Close the session …"),
        "close_missing": _("Nobody is marked yet: tick who is here, add people, or count them."),
        "close_open": _("Not marked yet: {count}. They count as absent."),
        "close_title": _("Close this session?"),
        "close_text": _(
            "Whoever is not ticked counts as absent. After the next sync it is counted; a mistake is then "
            "put right in the workspace."
        ),
        "close_act": _("Close and count"),
        "close_back": _("Back to the roll"),
        "close_early": _("This session has not started yet."),
        "nobody_came": _("Nobody came; that is meant"),
        "nobody_needed": _("Nobody is marked. Call the roll, or tick that nobody came."),
        "people": _("people came"),
        "absent": _("registered and not here"),
        "closed_words": _("Closed on this phone: {people} people. It is counted with the next sync."),
    }


def _scanning() -> dict[str, str]:
    return {
        "scan_title": _("Scan tickets"),
        "scan_help": _("Hold the square of the ticket before the camera."),
        "no_camera": _("No camera: allow it for this page, take a picture of the ticket, or type the code."),
        "scan_picture": _("Take a picture of a ticket"),
        "scan_code": _("Code of the ticket"),
        "scan_mark": _("Mark"),
        "scan_here": _("{name} is here"),
        "scan_group": _("{name}: all {size} are here"),
        "scan_already": _("{name} was marked already"),
        "scan_wrong": _("{name} is registered for another session: {title}, {when}"),
        "scan_wrong_gone": _("This ticket is for another session, which is not on this phone."),
        "scan_unknown": _("Nobody on this roll has the code {code}. Add the person by name at the roll."),
        "scan_no_code": _("This square is no ticket of ours."),
        "scan_nothing": _("No square was found on this picture. Take it nearer and in the light."),
        "scan_done": _("Back to the roll"),
    }


def _status() -> dict[str, str]:
    return {
        "synced_at": _("synced {time}"),
        "never_synced": _("never synced"),
        "unsent": _("{count} not sent yet"),
        "all_sent": _("all sent"),
        "waiting": _("{count} wait for a decision"),
        "online": _("Connected"),
        "offline": _("No connection: keep working, everything is kept on this phone"),
        "syncing": _("Syncing …"),
        "sync_now": _("Sync now"),
        "server_problem": _("The server answers, but not as it should. It is tried again."),
        "refused_device": _("This device may not sync any more"),
        "status_title": _("Device and sync"),
        "device": _("Device"),
        "institution": _("Institution"),
        "enrolled_by": _("Acts in the name of"),
        "ends": _("Enrolled until"),
        "last_sync": _("Last sync"),
        "to_send": _("Not sent yet"),
        "kept_for_good": _("Kept safely on this phone"),
        "yes": _("Yes"),
        "no_persist": _(
            "The browser may clear it when space is short: sync often, and install this page on the home screen."
        ),
        "clock": _("Clock"),
        "clock_right": _("right"),
        "clock_wrong": _("{minutes} minutes beside the server’s; marks are noted by the server’s time"),
        "version": _("Version"),
        "waiting_title": _("Waits for a person to decide"),
        "waiting_lead": _(
            "These are on the server. Whoever calls the roll of the institution decides about them in the workspace."
        ),
        "refused_title": _("Not taken by the server"),
        "export_title": _("Everything that this phone noted"),
        "export_help": _(
            "If this phone cannot sync any more, save it as a file and give that to the manager, and to nobody else: "
            "it holds names."
        ),
        "export_act": _("Save as a file"),
        "elsewhere": _(
            "{count} noted for another institution are kept on this phone; they are sent when it is "
            "enrolled there again."
        ),
        "enrol_new": _("Enter a new code"),
        "update": _("A new version is ready"),
        "update_act": _("Use it now"),
        "not_kept": _("NOT kept: this phone has no space left. Free some, then do it again."),
    }


def _lists() -> dict[str, list]:
    """Sex and age as the server writes them, with their words."""
    unknown = [None, _("not stated")]
    return {
        # From Monday: as it begins a line, and within a sentence.
        "weekdays": [[str(name), within(str(name))] for _day, name in sorted(WEEKDAYS.items())],
        "sexes": [[sex.value, str(sex.label)] for sex in (Sex.FEMALE, Sex.MALE)] + [unknown],
        "ages": [[age.value, str(age.label)] for age in AgeBand] + [unknown],
    }
