"""What shows that somebody is to be commended, how they stand among their equals, and the proposal as a document."""

import datetime as dt
from dataclasses import dataclass

from django.db.models import Sum

from hocsuotdoi.core.dated import on
from hocsuotdoi.indicators.models import Population
from hocsuotdoi.ledger.enums import MeasureCode
from hocsuotdoi.ledger.models import Entry
from hocsuotdoi.places.enums import InstitutionClass
from hocsuotdoi.places.models import AdminUnit, Institution, InstitutionPlacement, UnitAncestry
from hocsuotdoi.places.queries.units import day_on_map_of
from hocsuotdoi.reporting.enums import NomineeKind
from hocsuotdoi.reporting.models import Nomination
from hocsuotdoi.reporting.models.content import FigureContent
from hocsuotdoi.reporting.models.other_contents import NominationContent, NominationEvidence
from hocsuotdoi.reporting.queries.commendation import DECREE, LAW, addressee_of, decision_content, has_sample
from hocsuotdoi.reporting.queries.merits import MEASURE_WORDS, Evidence, merits_of_agency, merits_of_institution
from hocsuotdoi.reporting.queries.paper_header import paper_header, signature_of_body
from hocsuotdoi.reporting.queries.wording import number_words

SHAPE = 1
SIZES = 4
PEERS_SHOWN = 10
FEWEST_TO_DIVIDE = 8
"""As for units (portal's fair ranking): among fewer there is nobody to be fair between."""


@dataclass(frozen=True, slots=True)
class Peer:
    """One of the equals, as far as it is shown: who is compared must be able to see with whom."""

    name: str
    residents: int | None
    quantity: int
    is_nominee: bool


@dataclass(frozen=True, slots=True)
class Rank:
    """Place among equals: institutions of one class in the nominating body's territory, of like size."""

    measure: MeasureCode
    place: int
    of: int
    size_words: str
    peers: list["Peer"]

    @property
    def sentence(self) -> str:
        what = MEASURE_WORDS[self.measure][0].lower() + MEASURE_WORDS[self.measure][1:]
        return f"Về {what}, đứng thứ {self.place} trong {self.of} cơ sở cùng loại{self.size_words}."


def evidence_for(nomination: Nomination) -> list[Evidence]:
    """What the book and the approved report say of the nominee in the year. A person's own learning is never among it:
    what a person has done is told in words."""
    institution = nomination.institution
    if institution is not None:
        if institution.institution_class == InstitutionClass.LIBRARY_ARMED_FORCES:
            return []  # told in totals only, and nowhere one by one
        return merits_of_institution(institution.pk, nomination.year)
    if nomination.nominated_agency is not None:
        return merits_of_agency(nomination.nominated_agency, nomination.agency_id, nomination.year)
    return []


def rank_of(
    institution: Institution, measure: MeasureCode, year: int, territory: AdminUnit | None, day: dt.date
) -> Rank | None:
    """None where it has nothing of the measure, or nobody to be compared with. By how much was counted; where there are
    enough institutions they are first divided in quarters by the residents of the commune where they stand. Four
    queries, however many there are."""
    map_day = day if territory is None else day_on_map_of(territory, day)
    standing = InstitutionPlacement.objects.filter(
        on(day), on(map_day, "unit__readings__"), institution__institution_class=institution.institution_class
    )
    if territory is not None:
        under = UnitAncestry.objects.on(map_day).filter(ancestor=territory).values("unit")
        standing = standing.filter(unit__readings__reads_as__in=under)
    places = dict(standing.values_list("institution", "unit__readings__reads_as"))
    sums = dict(
        Entry.objects.filter(institution__in=places, measure=measure, occurred_on__year=year)
        .values_list("institution")
        .annotate(Sum("quantity"))
        .order_by()
    )
    if not sums.get(institution.pk):
        return None
    people = _residents(set(places.values()), year)
    peers, size_words = _of_like_size(institution.pk, places, people)
    if len(peers) < 2:
        return None
    mine = sums[institution.pk]
    place = 1 + sum(1 for pk in peers if sums.get(pk, 0) > mine)
    return Rank(measure, place, len(peers), size_words, _shown(institution, peers, sums, places, people))


def _shown(
    institution: Institution, peers: list[int], sums: dict[int, int], places: dict[int, int], people: dict[int, int]
) -> list[Peer]:
    """The first of them, the nominee always among them."""
    ordered = sorted(peers, key=lambda pk: (-sums.get(pk, 0), pk != institution.pk, pk))
    told = ordered[:PEERS_SHOWN]
    if institution.pk not in told:
        told[-1] = institution.pk
    names = dict(Institution.objects.filter(pk__in=told).values_list("pk", "name"))
    return [Peer(names[pk], people.get(places[pk]), sums.get(pk, 0), pk == institution.pk) for pk in told]


def _of_like_size(institution: int, places: dict[int, int], people: dict[int, int]) -> tuple[list[int], str]:
    """Those of the same quarter by residents; all, where not every commune's are known or there are few."""
    if len(places) < FEWEST_TO_DIVIDE or any(unit not in people for unit in places.values()):
        return list(places), ""
    ordered = sorted(places, key=lambda pk: (-people[places[pk]], pk))
    quarter = -(-len(ordered) // SIZES)
    at = ordered.index(institution) // quarter
    peers = ordered[at * quarter : (at + 1) * quarter]
    high, low = people[places[peers[0]]], people[places[peers[-1]]]
    return peers, f", ở địa bàn từ {number_words(low)} đến {number_words(high)} dân"


def _residents(units: set[int], year: int) -> dict[int, int]:
    """The newest known total up to the year."""
    rows = Population.objects.filter(unit__in=units, year__lte=year).order_by("year")
    return {row.unit_id: (row.urban or 0) + (row.rural or 0) for row in rows if (row.urban, row.rural) != (None, None)}


def nomination_content(nomination: Nomination, ranks: list[Rank], day: dt.date) -> NominationContent:
    agency = nomination.agency
    evidence: list[NominationEvidence] = [
        {
            "key": each["key"],
            "label": each["label"],
            "words": each["words"],
            "source": each["source"],
            "numerator": each["numerator"],
            "denominator": each["denominator"],
        }
        for each in nomination.evidence
    ]
    addressee = addressee_of(agency, nomination.form)
    nominee = nominee_words(nomination)
    title = f"Đề nghị khen thưởng thành tích thực hiện Chương trình học tập suốt đời năm {nomination.year}"
    return {
        "shape": SHAPE,
        "year": nomination.year,
        "has_sample": has_sample(nomination),
        "header": paper_header(agency, title=title, addressee=addressee, symbol="TTr", day=day),
        "figures": [
            *(_figure(each) for each in evidence if each["key"]),
            *(_figure(_of_rank(each, nomination.year)) for each in ranks),
        ],
        "basis": [LAW, DECREE],
        "opening": f"{agency.name} kính trình {addressee} xem xét, khen thưởng như sau:",
        "nominee": f"{nominee}.",
        "form": nomination.form,
        "merits": [line for line in nomination.merits.splitlines() if line.strip()],
        "evidence": evidence,
        "peer_sentences": [rank.sentence for rank in ranks],
        "closing": f"Kính trình {addressee} xem xét, quyết định./.",
        "recipients": ["- Như trên;", "- Ban Thi đua - Khen thưởng;", "- Lưu: VT."],
        "signature": signature_of_body(agency),
        "decision": decision_content(nomination, nominee, day),
    }


def nominee_words(nomination: Nomination) -> str:
    if nomination.nominee_kind == NomineeKind.INSTITUTION and nomination.institution is not None:
        return nomination.institution.name
    if nomination.nominee_kind == NomineeKind.AGENCY and nomination.nominated_agency is not None:
        return nomination.nominated_agency.name
    return ", ".join(filter(None, [nomination.person_name, nomination.person_post]))


def _of_rank(rank: Rank, year: int) -> NominationEvidence:
    """The sentence about its equals holds numbers too."""
    return {
        "key": f"rank:{rank.measure.value}:{year}",
        "label": f"Thứ hạng trong các cơ sở cùng loại: {MEASURE_WORDS[rank.measure]}",
        "words": rank.sentence,
        "source": "",
        "numerator": str(rank.place),
        "denominator": str(rank.of),
    }


def _figure(each: NominationEvidence) -> FigureContent:
    return {
        "key": each["key"],
        "label": each["label"],
        "value_state": "not_reported" if each["numerator"] is None else "value",
        "numerator": each["numerator"],
        "denominator": each["denominator"],
        "words": each["words"],
        "reporting": None,
        "expected": None,
        "coverage_words": "",
        "is_additive": False,
        "origin": "counted",
        "note": "",
    }
