"""What stands behind a figure: sessions as the ledger's sources, in words."""

import uuid
from collections.abc import Collection, Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from hocsuotdoi.activities.models import Session
from hocsuotdoi.ledger.registry import SourceDescription


def describe_sessions(ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, SourceDescription]:
    """Sessions as (title, when and where); one query, no names of people."""
    sessions = Session.objects.filter(pk__in=ids).select_related("activity", "institution")
    return {
        session.pk: SourceDescription(
            title=session.activity.title,
            detail=_("{day} at {time}, {institution}").format(
                day=session.held_on.strftime("%d/%m/%Y"),
                time=timezone.localtime(session.starts_at).strftime("%H:%M"),
                institution=session.institution.name,
            ),
        )
        for session in sessions
    }
