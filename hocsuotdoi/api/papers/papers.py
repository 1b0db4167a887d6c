"""Papers: the list and one with its text."""

import datetime as dt
from typing import Annotated, Self

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query
from pydantic import Field

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.api.routing import ApiRouter
from hocsuotdoi.api.shapes import Asked, Listed, Readable, Shape, listed, name_of
from hocsuotdoi.core.addresses import address
from hocsuotdoi.papers.enums import PaperKind, PaperState
from hocsuotdoi.papers.models import Paper
from hocsuotdoi.papers.queries.finding import Wanted, papers_found, with_files

router = ApiRouter("papers", tag=_("Papers"))


class PaperFileShape(Shape):
    file_name: str
    media_type: str
    size: int = Field(description=_("In bytes"))
    url: str


class PaperShape(Shape):
    """A legal text, guideline or method that was sent down."""

    id: int
    number: str
    title: str
    kind: PaperKind
    kind_name: str
    issuer: str
    issued_on: dt.date | None
    starts_on: dt.date | None = Field(description=_("null: it holds since it was issued"))
    ends_on: dt.date | None = Field(description=_("The first day on which it holds no more; null: it holds on"))
    is_withdrawn: bool
    never_held: bool = Field(description=_("Replaced before it took effect: its days never came to hold"))
    summary: str
    replaces: int | None = Field(description=_("The paper in whose place it stands"))
    change_note: str
    files: list[PaperFileShape]
    page: str = Field(description=_("Address of its page for people"))

    @classmethod
    def of(cls, each: Paper) -> Self:
        return cls(**_values(each))


class PaperEntry(PaperShape):
    text: str
    withdrawn_for: str

    @classmethod
    def of(cls, each: Paper) -> Self:
        return cls(**_values(each), text=each.text, withdrawn_for=each.withdrawn_for)


class PaperFilter(Asked):
    q: Annotated[str, Readable] = Field("", max_length=100, description=_("Words of number, title or text"))
    kind: PaperKind | None = Field(None, description=_("Only papers of this kind"))
    in_force: bool = Field(False, description=_("Only what holds today"))


@router.get(
    "/papers",
    response=Listed[PaperShape],
    summary=_("Papers"),
    description=_("Legal texts, guidelines and methods that the asker may read: with words the best match first."),
)
@public
def paper_list(request: HttpRequest, asked: Query[PaperFilter]) -> Listed:
    visible = Paper.objects.visible_to(request.user).exclude(state=PaperState.DRAFT)
    wanted = Wanted(asked.q, asked.kind or "", holds_on=timezone.localdate() if asked.in_force else None)
    return listed(with_files(papers_found(visible, wanted)), asked, PaperShape.of)


@router.get(
    "/papers/{int:pk}",
    response=PaperEntry,
    summary=_("One paper"),
    description=_("With its full text where it was entered, and the addresses of its files."),
)
@public
def paper_detail(request: HttpRequest, pk: int) -> PaperEntry:
    visible = Paper.objects.visible_to(request.user).exclude(state=PaperState.DRAFT)
    return PaperEntry.of(get_object_or_404(with_files(visible), pk=pk))


def _values(each: Paper) -> dict:
    return {
        "id": each.pk,
        "number": each.number,
        "title": each.title,
        "kind": PaperKind(each.kind),
        "kind_name": name_of(PaperKind, each.kind),
        "issuer": each.issuer,
        "issued_on": each.issued_on,
        "starts_on": each.starts_on,
        "ends_on": each.ends_on,
        "is_withdrawn": each.state == PaperState.WITHDRAWN,
        "never_held": each.state == PaperState.OVERTAKEN,
        "summary": each.summary,
        "replaces": each.replaces_id,
        "change_note": each.change_note,
        "files": [
            PaperFileShape(
                file_name=file.file_name,
                media_type=file.media_type,
                size=file.size,
                url=address("portal:papers-paper-file", each.pk, file.digest),
            )
            for file in each.files.all()
        ],
        "page": address("portal:papers-paper-detail", each.pk),
    }
