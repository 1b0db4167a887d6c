"""Finding papers by words, kind, issuer and the day on which they hold."""

import datetime as dt
from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db.models import F, Prefetch, QuerySet

from hocsuotdoi.core.vietnamese import search_expression
from hocsuotdoi.papers.models import Paper, PaperFile, in_force

LONG = ("text", "search_text", "search_vector")
"""Columns that a list does not need."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for; what is None or empty is not asked about. `holds_on`: only what holds on that day."""

    words: str = ""
    kind: str = ""
    issuer: str = ""
    holds_on: dt.date | None = None


def papers_found(papers: QuerySet[Paper], wanted: Wanted) -> QuerySet[Paper]:
    """Of `papers` those wanted: the best match first where there are words, else the newest."""
    if wanted.kind:
        papers = papers.filter(kind=wanted.kind)
    if wanted.issuer:
        papers = papers.filter(issuer=wanted.issuer)
    if wanted.holds_on:
        papers = papers.filter(in_force(wanted.holds_on))
    order = [F("issued_on").desc(nulls_last=True), F("pk").desc()]
    if expression := search_expression(wanted.words):
        query = SearchQuery(expression, config="simple", search_type="raw")
        papers = papers.filter(search_vector=query).annotate(rank=SearchRank(F("search_vector"), query))
        return papers.defer(*LONG).order_by(F("rank").desc(), *order)
    return papers.defer(*LONG).order_by(*order)


def with_files(papers: QuerySet[Paper]) -> QuerySet[Paper]:
    return papers.prefetch_related(Prefetch("files", PaperFile.objects.order_by("ordinal", "pk")))


def issuers_of(papers: QuerySet[Paper]) -> list[str]:
    """Who issued any of them, in alphabetical order of the database. One query."""
    return list(papers.order_by("issuer").values_list("issuer", flat=True).distinct())
