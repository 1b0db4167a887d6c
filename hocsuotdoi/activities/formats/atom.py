"""What's on for readers of news: Atom, RFC 4287."""

import datetime as dt
from collections.abc import Iterable

from django.utils.feedgenerator import Atom1Feed
from django.utils.translation import gettext as _

from hocsuotdoi.activities.formats.ical import Meeting, where
from hocsuotdoi.activities.models import Activity
from hocsuotdoi.core.templatetags.house import time_range

LANGUAGE = "vi"


class _Feed(Atom1Feed):
    """Updated when the latest of its entries was; never, by the clock, while there is none."""

    def latest_post_date(self) -> dt.datetime:
        return max((item["updateddate"] for item in self.items), default=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))


def render_atom(meetings: Iterable[Meeting], *, name: str, url: str, feed_url: str) -> str:
    """One entry for each activity, in the order in which its first session comes; with all its sessions that came."""
    by_activity: dict[Activity, list[Meeting]] = {}
    for meeting in meetings:
        by_activity.setdefault(meeting.session.activity, []).append(meeting)
    feed = _Feed(title=name, link=url, description=name, feed_url=feed_url, feed_guid=feed_url, language=LANGUAGE)
    for activity, those in by_activity.items():
        assert activity.published_at is not None
        all_off = all(meeting.is_cancelled for meeting in those)
        feed.add_item(
            title=those[0].title if all_off else activity.title,
            link=those[0].url,
            description="\n".join(filter(None, [*(_line(meeting) for meeting in those), activity.description])),
            unique_id=f"urn:uuid:{activity.pk}",
            pubdate=activity.published_at,
            updateddate=max(activity.published_at, *(meeting.changed_at for meeting in those)),
            author_name=those[0].session.institution.name,
            categories=[str(activity.get_kind_display())],
        )
    return str(feed.writeString("utf-8"))


def _line(meeting: Meeting) -> str:
    when = time_range(meeting.session.starts_at, meeting.session.ends_at)
    return ". ".join(filter(None, [_("Cancelled") if meeting.is_cancelled else "", when, where(meeting.session)]))
