"""What a paper came after and what came after it, past those that were replaced before they took effect."""

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from hocsuotdoi.papers.enums import PaperState
from hocsuotdoi.papers.models import Paper

_BEFORE = """
WITH RECURSIVE before AS (
    SELECT replaces_id AS id FROM papers_paper WHERE id = %s
    UNION
    SELECT paper.replaces_id FROM papers_paper AS paper JOIN before ON before.id = paper.id
     WHERE paper.state = 'overtaken'
)
SELECT id FROM before WHERE id IS NOT NULL
"""

_AFTER = """
WITH RECURSIVE after AS (
    SELECT id, state FROM papers_paper WHERE replaces_id = %s
    UNION
    SELECT paper.id, paper.state FROM papers_paper AS paper JOIN after ON after.id = paper.replaces_id
     WHERE after.state = 'overtaken'
)
SELECT id FROM after
"""


def in_place_of(papers: QuerySet[Paper], paper: Paper) -> QuerySet[Paper]:
    """Of `papers` the one that held, or was to, until `paper` came: one at most."""
    return papers.filter(pk__in=RawSQL(_BEFORE, [paper.pk])).exclude(state=PaperState.OVERTAKEN)


def that_replaced(papers: QuerySet[Paper], paper: Paper) -> QuerySet[Paper]:
    """Of `papers` those that stand in place of `paper`. What kept it from ever taking effect is named also when that
    was withdrawn afterwards: nothing else says why it does not hold."""
    named = [PaperState.SENT, PaperState.WITHDRAWN] if paper.state == PaperState.OVERTAKEN else [PaperState.SENT]
    return papers.filter(pk__in=RawSQL(_AFTER, [paper.pk]), state__in=named).order_by("pk")
