"""Nobody outside the line reads a draft, whatever the door: beside its own pages (test_who_may) all that lies around
them: files and runs of documents, the public check, the cycle's pages and exports, letters, lists and searches, the
digest, the trail of changes, the API; and whatever page can be reached from the workspace by following links.

Drafts bear a secret word. It must not be in anything that an outsider is given, files unpacked.
"""

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from hocsuotdoi.accounts.enums import RoleName
from hocsuotdoi.accounts.models import Person
from hocsuotdoi.accounts.queries.audit import trail
from hocsuotdoi.core.attachments import keep_file
from hocsuotdoi.places.enums import AgencyKind
from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentFormat
from hocsuotdoi.reporting.models import Document, DocumentRun, Report
from hocsuotdoi.reporting.operations.documents import ask_document, begin_run, write_one, write_run
from hocsuotdoi.reporting.operations.totals import Total, type_totals
from hocsuotdoi.reporting.queries.reminded import reminder_lines
from hocsuotdoi.reporting.queries.typed import typed_rows
from tests.factories.accounts import PersonFactory
from tests.factories.places import AgencyFactory
from tests.factories.running import make_report
from tests.support.depth import some
from tests.workspace.reporting.conftest import begun, fresh, holder, signed_in, submitted, worded

pytestmark = pytest.mark.slow

WARD, ARMY, SENT, TYPED = "chữkínphường", "chữkínquânđội", "chữkínđãnộp", "sổkínquânđội"
"""What the ward's draft says, the army's, what the army has submitted and nobody approved, a source it typed."""
MOST_PAGES = 50
WALKING = ("culture officer of the province", "officer of another ward", "manager", "nobody")
"""Who has most to follow, who is next door, who has little, who has nothing."""
_NOT_FOLLOWED = re.compile(r"/(sign-out|logout|accounts|static|language)")


@pytest.fixture
def world(report, province_report, bac_kan, duc_xuan, thai_nguyen, country, library_of_bac_kan, ministry, plan):
    """The ward writes; the army of the province has one report under way and, in Bắc Kạn, one submitted."""
    officer = RoleName.AGENCY_OFFICER
    command = AgencyFactory(kind=AgencyKind.MILITARY, unit=thai_nguyen, name="Bộ Chỉ huy Quân sự tỉnh")
    defence = AgencyFactory(kind=AgencyKind.MILITARY, unit=country, name="Bộ Quốc phòng")
    of_ward = AgencyFactory(kind=AgencyKind.MILITARY, unit=bac_kan, name="Ban Chỉ huy Quân sự phường")
    on_line = {"line": "military", "detail": "totals"}
    top = make_report(report.cycle, defence, **on_line)
    of_army = make_report(report.cycle, command, goes_to=top, above=[defence.pk], **on_line)
    sent = make_report(report.cycle, of_ward, goes_to=of_army, above=[command.pk, defence.pk], **on_line)
    soldier, general = holder(officer, agency=command), holder(officer, agency=of_ward)
    worded(begun(report, holder(officer, agency=report.agency)), holder(officer, agency=report.agency), results=WARD)
    of_army = worded(begun(of_army, soldier), soldier, results=ARMY)
    _typed(of_army, soldier)
    sent = worded(begun(sent, general), general, results=SENT)
    sent = submitted(_typed(sent, general), general)
    return {
        "drafts": [report, of_army, sent],
        "people": {
            "culture officer of the province": (holder(officer, agency=province_report.agency), {ARMY, SENT, TYPED}),
            "culture officer of the ministry": (holder(officer, agency=ministry), {ARMY, SENT, TYPED}),
            "planner of the province": (holder(RoleName.PLANNER, unit=thai_nguyen), {ARMY, SENT, TYPED}),
            "officer of the ward": (holder(officer, agency=report.agency), {ARMY, SENT, TYPED}),
            "officer of another ward": (
                holder(officer, agency=AgencyFactory(kind=AgencyKind.CULTURE_SOCIETY, unit=duc_xuan)),
                {WARD, ARMY, SENT, TYPED},
            ),
            "officer of education": (
                holder(officer, agency=AgencyFactory(kind=AgencyKind.EDUCATION, unit=thai_nguyen)),
                {WARD, ARMY, SENT, TYPED},
            ),
            "soldier": (soldier, {WARD}),
            "manager": (
                holder(RoleName.INSTITUTION_MANAGER, institution=library_of_bac_kan),
                {WARD, ARMY, SENT, TYPED},
            ),
            "finance officer": (holder(RoleName.FINANCE_OFFICER, unit=thai_nguyen), {WARD, ARMY, SENT, TYPED}),
            "inspector": (holder(RoleName.INSPECTOR, unit=thai_nguyen), {WARD, ARMY, SENT, TYPED}),
            "reader": (PersonFactory(), {WARD, ARMY, SENT, TYPED}),
            "nobody": (None, {WARD, ARMY, SENT, TYPED}),
        },
        "general": general,
        "sent": sent,
        "defence": holder(officer, agency=defence),
    }


def _typed(report: Report, by: Person) -> Report:
    report = fresh(report)
    row = next(each for each in typed_rows(report) if not each.has_parts)
    type_totals(
        report, version=report.version, rows=[Total(row.key, Decimal(31), None, TYPED)], by=by, at=timezone.now()
    )  # fmt: skip
    return fresh(report)


@pytest.fixture
def files(world, settings, tmp_path) -> dict[str, object]:
    """Documents of what the army submitted, one by one and by a run; each is written."""
    now = timezone.now()
    sent = world["sent"]
    document = ask_document(sent.submitted, DocumentFormat.DOCX, by=world["general"], at=now)
    write_one(document, at=now)
    run = begin_run(
        sent.cycle, Agency.objects.get(pk=sent.above[-1]), formats=[DocumentFormat.DOCX], by=world["defence"], at=now
    )
    write_run(run, at=now)
    document.refresh_from_db()
    assert document.digest, document.problem
    return {"document": document, "run": run}


def doors(world: dict, files: dict) -> Iterator[str]:
    document, run = files["document"], files["run"]
    assert isinstance(document, Document)
    assert isinstance(run, DocumentRun)
    for report in world["drafts"]:
        page = f"/workspace/reports/{report.pk}/"
        yield from (page, f"{page}draft.docx", f"{page}now/", f"{page}words/", f"{page}totals/", f"{page}odd/")
        yield from (f"{page}{act}/" for act in ("submit", "return", "approve", "move", "addendum", "reopen"))
        yield f"{page}figure/?key=measure:programme_session:2026"
        yield f"{page}compare/"
        yield f"/workspace/documents/letters/{report.pk}/"
        yield f"/workspace/audit/?thing=reporting.report:{report.pk}"
        yield f"/api/v1/reports/{report.pk}"
    number = world["sent"].submitted.number
    yield from (f"/workspace/reports/snapshots/{number}/{file}" for file in ("", "report.docx", "annex.xlsx"))
    yield f"/workspace/documents/of/{number}/"
    yield f"/workspace/documents/files/{document.pk}/"
    yield from (f"/workspace/documents/runs/{run.pk}/{part}" for part in ("", "progress/", "all.zip"))
    yield from (f"/documents/{document.code}/", f"/documents/?code={document.code}", f"/documents/{number}/")
    yield from (f"/api/v1/documents/{document.code}", f"/api/v1/snapshots/{number}/documents")
    yield f"/api/v1/document-files/{document.pk}"
    code = world["sent"].cycle.code
    yield from (f"/workspace/cycles/{code}/{part}" for part in ("", "reports/", "letters/", "burden/", "map.svg"))
    yield from (f"/workspace/cycles/{code}/state.{form}" for form in ("csv", "xlsx", "json"))
    yield from (f"/workspace/cycles/{code}/in/{unit}/" for unit in ("19", "01843"))
    yield from (f"/workspace/reports/?q={words}" for words in ("chu+kin", "quan+su", "bac+kan", ""))
    yield from ("/workspace/audit/", "/workspace/audit/?kind=all", "/workspace/audit/?kind=reporting.report")
    yield from ("/workspace/audit/?kind=reporting.typedtotal", "/api/v1/reports", "/api/v1/cycles")


def said(response: object) -> str:
    """The body as text; what is packed, unpacked."""
    body = b"".join(response.streaming_content) if response.streaming else response.content  # type: ignore[attr-defined]
    return _unpacked(body)


def _unpacked(body: bytes) -> str:
    if not body.startswith(b"PK"):
        return body.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        return "\n".join(_unpacked(packed.read(name)) for name in packed.namelist())


def test_no_outsider_is_given_a_draft_by_any_door(world, files):
    """In a run each door is tried by every other one of the people, other ones at each door."""
    told: list[str] = []
    for who, (person, secrets) in world["people"].items():
        client = signed_in(person) if person else Client()
        for path in some(doors(world, files)):
            text = said(client.get(path))
            told += [f"{who}: {path} says {secret}" for secret in secrets if secret in text]
    assert not told


def test_no_page_that_links_lead_to_gives_a_draft_away(world, files):
    told: list[str] = []
    for who in some(WALKING):
        person, secrets = world["people"][who]
        client = signed_in(person) if person else Client()
        for path, text in _walk(client, "/workspace/" if person else "/"):
            told += [f"{who}: {path} says {secret}" for secret in secrets if secret in text]
    assert not told


def _walk(client: Client, start: str) -> Iterator[tuple[str, str]]:
    """Pages reached from `start`, nearest first; of lists with many alike only some."""
    seen, waiting, alike = {start}, [start], dict[str, int]()
    while waiting and len(seen) < 20 * MOST_PAGES and len(alike) < MOST_PAGES:
        path = waiting.pop(0)
        shape = re.sub(r"[0-9a-f-]{8,}|\d+", "#", path.partition("?")[0])
        alike[shape] = alike.get(shape, 0) + 1
        if alike[shape] > 3:
            continue
        response = client.get(path)
        text = said(response)
        yield path, text
        for link in re.findall(r'href="([^"#]+)', text):
            found = urlsplit(urljoin(path, link.replace("&amp;", "&")))
            address = found.path + (f"?{found.query}" if found.query else "")
            if not found.netloc and address not in seen and not _NOT_FOLLOWED.match(address):
                seen.add(address)
                waiting.append(address)


def test_who_is_on_the_line_is_given_it(world, files):
    """So that the secrets above are really there."""
    document = files["document"]
    insider = signed_in(world["general"])
    report = world["sent"]
    for path in (
        f"/workspace/reports/{report.pk}/",
        f"/workspace/reports/snapshots/{report.submitted.number}/report.docx",
        f"/workspace/documents/files/{document.pk}/",
        f"/workspace/audit/?thing=reporting.report:{report.pk}",
    ):
        assert SENT in said(insider.get(path)), path
    assert SENT in said(signed_in(world["defence"]).get(f"/workspace/documents/runs/{files['run'].pk}/all.zip"))


def test_the_trail_of_a_report_is_read_on_its_line(world):
    """The rows themselves, beside the page: of whoever may read a trail at that place, only those of the line."""
    day = timezone.localdate()
    kinds = ["reporting.report", "reporting.typedtotal"]
    for who, (person, secrets) in world["people"].items():
        if person is not None:
            rows = trail(person, day=day, kinds=kinds, limit=500).entries
            told = " ".join(str(vars(each.thing)) + str(each.changes) for each in rows)
            assert not [secret for secret in secrets if secret in told], who


def test_the_digest_names_only_what_the_body_itself_owes_or_awaits(world):
    outsiders = Agency.objects.exclude(pk__in=[each for r in world["drafts"] for each in (r.agency_id, *r.above)])
    lines = reminder_lines(list(outsiders.values_list("pk", flat=True)), timezone.localdate() + dt.timedelta(days=60))
    assert not any(lines.values())


def test_a_kept_file_is_found_by_nobody_who_knows_its_digest(world, files):
    """Files lie in the storage under what they hold; there is no address that leads there."""
    digest = files["document"].digest
    assert keep_file(b"x")[0] != digest
    for path in (f"/media/{digest}", f"/media/{digest[:2]}/{digest}", f"/files/{digest}", f"/static/{digest}"):
        assert Client().get(path).status_code == 404
