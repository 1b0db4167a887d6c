"""The model of a country as `data/model.yaml` states it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hocsuotdoi.core.data_files import read_yaml
from hocsuotdoi.ledger.enums import Channel, MeasureCode, Purpose
from hocsuotdoi.places.enums import InstitutionClass, Tier


@dataclass(frozen=True, slots=True)
class LineModel:
    """What an act counts of one measure."""

    measure: MeasureCode
    chance: float = 1
    cells: float = 1
    quantity: float = 1
    purposes: Mapping[Purpose, float] = field(default_factory=dict)
    channels: Mapping[Channel, float] = field(default_factory=lambda: {Channel.ON_SITE: 1.0})
    sex: float = 0
    age: float = 0
    residence: float = 0
    people: bool = False

    @property
    def expected_lines(self) -> float:
        return self.chance * self.cells


@dataclass(frozen=True, slots=True)
class Visit:
    """Whoever takes part is also a visitor."""

    measure: MeasureCode
    purposes: Mapping[Purpose, float]


@dataclass(frozen=True, slots=True)
class Act:
    code: str
    source: str
    lines: tuple[LineModel, ...]
    is_stated: bool = False
    visit: Visit | None = None
    kinds: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()

    @property
    def expected_lines(self) -> float:
        """How many entries one act writes on average, where nothing is corrected."""
        lines = sum(line.expected_lines for line in self.lines)
        if self.visit:
            lines += sum(
                line.expected_lines * share_on_site(line)
                for line in self.lines
                if line.measure == MeasureCode.PROGRAMME_ATTENDANCE
            )
        return lines


@dataclass(frozen=True, slots=True)
class Rhythm:
    week: tuple[float, ...]
    months: tuple[float, ...]
    tet: float
    observances: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class ClassModel:
    institution_class: InstitutionClass
    name: str
    share: float
    home: Tier
    rhythm: Rhythm
    growth: float
    size: float
    spread: float
    acts: Mapping[str, float]
    at_most: int | str | None = None
    typed: float = 0
    stated: str = ""
    reform: float = 0


@dataclass(frozen=True, slots=True)
class Model:
    acts: Mapping[str, Act]
    classes: tuple[ClassModel, ...]
    wrong_share: float
    wrong_reasons: tuple[str, ...]
    never_right: float
    never_noticed: float
    typed_every: Mapping[int, int]
    typed_zero: float
    typed_source: str
    late_share: float
    resent_share: float
    reform_reason: str
    closing_reason: str
    repair_reason: str

    @property
    def correction_factor(self) -> float:
        """How many entries are written for each that an act without mistakes would write."""
        return 1 + self.wrong_share * (2 - self.never_right)


def share_on_site(line: LineModel) -> float:
    """Which part of those taking part came in and so are visitors."""
    return sum(weight for channel, weight in line.channels.items() if channel != Channel.ONLINE) / sum(
        line.channels.values()
    )


def read_model(path: Path) -> Model:
    data = read_yaml(path)
    rhythms = {name: Rhythm(**row) for name, row in data["rhythms"].items()}
    wrong = data["wrong"]
    return Model(
        acts={code: _act(code, row) for code, row in data["acts"].items()},
        classes=tuple(_class(code, row, rhythms) for code, row in data["classes"].items()),
        wrong_share=wrong["share"],
        wrong_reasons=tuple(wrong["reasons"]),
        never_right=wrong["never_right"],
        never_noticed=wrong["never_noticed"],
        **{
            name: data[name]
            for name in (
                "typed_every",
                "typed_zero",
                "typed_source",
                "late_share",
                "resent_share",
                "reform_reason",
                "closing_reason",
                "repair_reason",
            )
        },
    )


def _act(code: str, row: dict[str, Any]) -> Act:
    visit = row.get("visit")
    return Act(
        code=code,
        source=row["source"],
        lines=tuple(_line(line | ({"channels": {}} if row.get("stated") else {})) for line in row["lines"]),
        is_stated=row.get("stated", False),
        visit=Visit(MeasureCode(visit["measure"]), _weights(Purpose, visit["purposes"])) if visit else None,
        kinds=tuple(row.get("kinds", ())),
        themes=tuple(row.get("themes", ())),
    )


def _line(row: dict[str, Any]) -> LineModel:
    more = {key: value for key, value in row.items() if key not in ("measure", "purposes", "channels")}
    if "purposes" in row:
        more["purposes"] = _weights(Purpose, row["purposes"])
    if "channels" in row:
        more["channels"] = _weights(Channel, row["channels"])
    return LineModel(measure=MeasureCode(row["measure"]), **more)


def _weights(choices: Any, row: dict[str, float]) -> dict[Any, float]:
    return {choices(code): float(weight) for code, weight in row.items()}


def _class(code: str, row: dict[str, Any], rhythms: dict[str, Rhythm]) -> ClassModel:
    row = dict(row)
    return ClassModel(
        institution_class=InstitutionClass(code), home=Tier(row.pop("home")), rhythm=rhythms[row.pop("rhythm")], **row
    )
