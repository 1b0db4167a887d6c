"""Writes docs/territory.md: what is known of the territory, and every unit that is uncertain."""

from collections import defaultdict

from hocsuotdoi.places.enums import Disagreement, Doubt
from hocsuotdoi.places.models import AdminUnit, Succession, UnitAncestry, UnitNote
from hocsuotdoi.places.queries.doubts import doubts

_HEAD = """# Territory

<!-- Written by `hocsuotdoi describe-territory`; do not edit by hand. -->

The units before and since 1 July 2025 come from the packages `vietnamadminunits` 1.0.4 (63 provinces, 696 districts,
10,035 communes and five island districts that had none; the conversion; coordinates) and `vietnam-provinces` 2025.10.1
(34 provinces and 3,321 communes with their official codes and names). Where they disagree the official name and code
are kept. Nothing is recorded of reforms before 2025: a unit without a first day stood on the eve of the reform. Later
reforms are entered by an administrator ([how](how-to/enter-a-reform.md)); this page does not know them.

Legal basis: Nghị quyết 202/2025/QH15 (provinces), Luật Tổ chức chính quyền địa phương 72/2025/QH15 (two tiers; the end
of districts), and the 34 resolutions 1654-1687/NQ-UBTVQH15 of 16 June 2025 (communes of each province).

Commune offices (Phòng Văn hóa - Xã hội) and people's committees are derived by rule from the law, not from a register.

## How figures are read

Every page, chart, file and link of figures can be read on one of three maps; the address keeps the choice
([decision 82](decisions/0082-figures-on-three-maps.md)).

| Map | In the address | What it means |
|---|---|---|
| Today's | nothing | Constant territory. What happened in a unit that has ended counts for the one that took it over |
| As reported | `map=reported` | Each thing counts where its place lay on the day it happened |
| Of a day | `map=day&day=2025-06-30` | Constant territory of that day, also for what happened before and after it |

- An additive total is the same on all maps and at all levels, because every place is read as exactly one unit of any
  map. Chains of reforms compose. Both are laws to which made-up histories are held
  (`tests/indicators/test_territory_laws.py`).
- **As reported** a unit has figures for the days on which it stood. A month within which a place came to lie elsewhere
  is read from the ledger day by day; all other months come from the roll-up. Institutions, stocks and residents are
  looked at on the last day that counts: the unit's own where it ended within the year. A series shows the years before
  a unit began as those of its origin, says so, and is broken at the reform by a dotted line that names the legal act.
  Nothing is compared across it.
- **In a table by units** those below make the whole of the unit above: what it counted itself (a library of the
  province) stands in a row of its own, but not by sex or age. As reported each counts for the months in which it lay
  there (a month in which that changed: where it lay at its end); «×» says that there was no such unit, «–» that nothing
  was reported.
- **Older maps**: of provinces since 1/8/2008, of districts and communes as they stood on 30/6/2025; tables of older
  days say so.
- **Growth** is always read on constant territory, also as reported: on the map of the last day that counts. The base
  year is the first of which the country has figures of what the indicator keeps to (ages, sexes, purposes, ways,
  marks). The same institutions stand on both sides; new, closed and silent ones are shown apart with their sums.
- **Residents** of a unit are the newest: those entered for it, or the sum of its provinces or communes; else the sum of
  the units that it was made of, all of one tier and of the end of one year, at most five years back. Where one of them
  is missing there is no denominator. Whether they live in town follows from the kind of the commune on the map.
- A unit that is not on the map chosen has no figure there, nor has a table of it; the page, the table and the API say
  so and which units lay there. A day before the oldest map known, or after today, is refused.

**Land that was divided.** What a divided commune counted counts whole for its main successor. It is never divided by
land or residents, since nobody reported that. On older maps a merged unit counts whole for its origin. What a former
district counted counts for its province as a whole and for none of the communes that have its land
([decision 124](decisions/0124-what-a-district-counted-counts-for-its-province.md)): in a table by communes it stands in
the row for the rest. Where one commune has all of the district (islands, a few towns) that one has its figures. The
page of each unit touched says so under "Territory"; so do its figures, the notes of tables, files (Excel, pictures,
CSV, SDMX-CSV) and the API (`notes`), one sentence for each.

**Institutions keep their place.** Where the register says where an institution stands from the day of the reform (its
placement ends with the old unit and goes on in one of the new, or in the province in which that lies), stocks, shares,
yes or no and growth read it there, whatever the rule for the land. Additive counts follow the land, so that they are
the same in every table.

## Summary

| What | How many |
|---|---|
| Former communes whose land was divided | {divided_units} |
| Steps to a part of the land, how much is not known | {divided} |
| Steps that the source names but that lie too far away to be likely | {far} |
| Units with another spelling in one source | {name} |
| Units with another code in one source | {code} |
| Units whose position lies far from what they were made of | {position} |
| Units whose legal act is not known | {without_act} |
"""


def territory_document() -> str:
    """The whole document, in Markdown."""
    found = doubts()
    head = _HEAD.format(
        divided_units=found.divided_units, without_act=found.without_act, **found.steps, **found.disagreements
    )
    return "\n".join([head, *_notes(), *_divided()]) + "\n"


def _provinces(ended: bool) -> dict[int, str]:
    """Unit → the name of the province it lies in, among ended or standing provinces."""
    rows = UnitAncestry.objects.filter(ancestor__tier="province", ends_on__isnull=not ended)
    return dict(rows.values_list("unit_id", "ancestor__short_name"))


def _notes() -> list[str]:
    titles = {
        Disagreement.NAME: "## Spelt differently",
        Disagreement.CODE: "## Numbered differently",
        Disagreement.POSITION: "## Position in doubt",
    }
    provinces, lines = _provinces(ended=False), []
    for kind, title in titles.items():
        lines += [title, "", "| Unit | Province | Kept | Other source |", "|---|---|---|---|"]
        notes = UnitNote.objects.filter(kind=kind).select_related("unit").order_by("unit__code")
        lines += [f"| {n.unit.name} | {provinces.get(n.unit_id, '')} | {n.kept} | {n.other} |" for n in notes]
        lines.append("")
    return lines


def _divided() -> list[str]:
    """One line for each divided commune: the main successor first, far-away candidates in brackets."""
    steps = Succession.objects.filter(kind="split").select_related("predecessor", "successor")
    provinces = _provinces(ended=True)
    parts: dict[AdminUnit, list[Succession]] = defaultdict(list)
    for step in steps.order_by("predecessor__code", "-is_main", "successor__code"):
        parts[step.predecessor].append(step)
    lines = ["## Divided communes", "", "| Former commune | Code | Province then | Main successor | Others |"]
    lines.append("|---|---|---|---|---|")
    for unit, found in parts.items():
        main, *others = found
        rest = ", ".join(f"({s.successor.name}?)" if s.doubt == Doubt.FAR else s.successor.name for s in others)
        lines.append(f"| {unit.name} | {unit.code} | {provinces.get(unit.pk, '')} | {main.successor.name} | {rest} |")
    return lines
