"""A plan's file (YAML) to a `ParsedPlan`; a bad one to a list of problems, each with line, field and reason.

Scalars are read as written (no YAML guessing: `unit: 06` stays «06»), then checked field by field. What only the
database can tell (does this unit, indicator or plan exist?) is checked by `operations.plan`, which finds the line in
the lines that every parsed piece carries. The format is described in docs/programme.md.
"""

import calendar
import datetime as dt
import re
from decimal import Decimal
from typing import Annotated, Any, Literal

import yaml
from django.utils.translation import gettext as _
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from hocsuotdoi.core.vietnamese import NUMBER, read_number
from hocsuotdoi.programme.enums import AgencyPart, ClauseKind, Operator, PlanKind, PlanStatus, Recurrence, TargetUnit

_LINE, _LINES = "@line", "@lines"
_OF = re.compile(rf"^({NUMBER})\s*/\s*({NUMBER})$")
_RANGE = re.compile(rf"^({NUMBER})\s*%?\s*[-–—]\s*({NUMBER})\s*%?$")
_SINGLE = re.compile(rf"^(≥|>=)?\s*({NUMBER})\s*%?$")
_LIMIT = Decimal(10) ** 10  # as the database's columns
_DEEPEST = 20
_PATH = re.compile(r"^[^\s.]+(\.[^\s.]+)*\Z")


class Problem(BaseModel):
    """One thing wrong with a file: the line (1 is the first), the field as a path, and a sentence for the writer."""

    model_config = ConfigDict(frozen=True)
    line: int
    field: str
    reason: str


class BadPlanFile(ValueError):
    """The file cannot be read as a plan; `problems` says everything that was found, in the order of lines."""

    def __init__(self, problems: list[Problem]):
        self.problems = sorted(problems, key=lambda problem: problem.line)
        super().__init__("; ".join(f"{p.line}: {p.field}: {p.reason}" for p in self.problems))


def _none_if_empty(value: Any) -> Any:
    return None if isinstance(value, str) and value.strip() in {"", "null", "~"} else value


def _sentence(code: str, text: str, **values: Any) -> PydanticCustomError:
    # The text is already translated; braces in values must not be read as a template.
    return PydanticCustomError(code, "{sentence}", {"sentence": text % values if values else text})


def _date(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    for pattern in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return dt.datetime.strptime(value.strip(), pattern).date()
        except ValueError:
            continue
    raise _sentence("date", _("Write the date as 2023-03-21 or 21/3/2023."))


def _number(value: Any) -> Any:
    """As a figure is read: 1.500 is fifteen hundred here, too."""
    value = _none_if_empty(value)
    if not isinstance(value, str):
        return value
    try:
        return read_number(value)
    except ValueError:
        raise _sentence("number", _("A number is expected here.")) from None


def _path(value: str) -> str:
    if not _PATH.match(value) or "\x00" in value:
        raise _sentence("path", _("Write the clause as numbers and letters with dots between: I.2.a.1."))
    return value


def _figure(value: str) -> str:
    for number in read_figure(value)[1:]:
        if number is not None and (number >= _LIMIT or number != round(number, 2)):
            raise _sentence("figure", _("A figure is less than ten thousand million, with at most two decimals."))
    return value


def _readable(value: str) -> str:
    if "\x00" in value:
        raise _sentence("text", _("This text holds a sign that is no letter (NUL)."))
    return value


Text = Annotated[str, Field(min_length=1), AfterValidator(_readable)]
OptionalText = Annotated[
    str, BeforeValidator(lambda v: "" if _none_if_empty(v) is None else v), AfterValidator(_readable)
]
OptionalDate = Annotated[dt.date | None, BeforeValidator(lambda v: _date(_none_if_empty(v)))]
Year = Annotated[int, Field(ge=2000, le=2100)]
OptionalYear = Annotated[Year | None, BeforeValidator(_none_if_empty)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9_-]+$", max_length=80)]


class Piece(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
    line: int = Field(default=0, alias=_LINE)
    lines: dict[str, int] = Field(default_factory=dict, alias=_LINES)

    def line_of(self, field: str) -> int:
        """Where the field stands; the piece's first line where it was left out."""
        return self.lines.get(field, self.line)


class ParsedAgency(Piece):
    """Who leads, coordinates or is asked, in the document's words; `agency` is the code where one is meant."""

    part: AgencyPart
    written: Annotated[Text, Field(max_length=200)]
    agency: OptionalText = ""


class Due(Piece):
    year: OptionalYear = None
    month: Annotated[int, Field(ge=1, le=12)] | None = None
    day: Annotated[int, Field(ge=1, le=31)] | None = None

    @model_validator(mode="after")
    def _day_is_in_its_month(self) -> "Due":
        # A day without a year is one of every year: 29 February is then the month's last day.
        if self.month and self.day and self.day > calendar.monthrange(self.year or 2024, self.month)[1]:
            raise _sentence("due", _("There is no such day in that month."))
        return self


class ParsedTask(Piece):
    """`text` empty: the whole clause is the task. `tiers` empty: the tier of the plan's own unit is asked."""

    text: OptionalText = ""
    recurrence: Recurrence = Recurrence.ONGOING
    due: Due = Due()
    observances: list[str] = []
    activity_kinds: list[str] = []
    themes: list[str] = []
    programmes: list[str] = []
    source_kinds: list[Annotated[Text, Field(max_length=60)]] = []
    measures: list[str] = []
    at_least: Annotated[int, Field(ge=1, le=1000)] = 1
    evidence: Annotated[OptionalText, Field(max_length=24)] = ""
    indicator: OptionalText = ""
    tiers: list[Literal["country", "province", "district", "commune"]] = []
    agencies: list[ParsedAgency] = []


class ParsedTarget(Piece):
    """One figure. `cohort` is a code, or several joined with «+» when the plan merges them."""

    indicator: Slug
    cohort: Annotated[str, Field(pattern=r"^[a-z0-9_-]+(\s*\+\s*[a-z0-9_-]+)*$", max_length=300)]
    year: OptionalYear = None
    figure: Annotated[str, AfterValidator(_figure)]
    unit: TargetUnit | None = None
    baseline_year: OptionalYear = None
    baseline_value: Annotated[
        Annotated[Decimal, Field(max_digits=14, decimal_places=2)] | None, BeforeValidator(_number)
    ] = None
    written: OptionalText = ""
    remark: OptionalText = ""

    @model_validator(mode="after")
    def _figure_can_be_read(self) -> "ParsedTarget":
        _operator, low, high, total = read_figure(self.figure)
        if high < low:
            raise _sentence("figure", _("The second figure of a range is not smaller than the first."))
        if total is not None and not low <= total:
            raise _sentence("figure", _("In a figure such as 8/8 the first number is not greater than the second."))
        if total is not None and self.unit not in {None, TargetUnit.OF}:
            raise _sentence("figure", _("A figure such as 8/8 has the unit n_of_n."))
        if total is None and self.unit == TargetUnit.OF:
            raise _sentence("figure", _("The unit n_of_n needs a figure such as 8/8."))
        if self.resolved_unit == TargetUnit.PERCENT and high > 100:
            raise _sentence("figure", _("A share is not more than 100%."))
        return self

    @property
    def resolved_unit(self) -> TargetUnit:
        return self.unit or (TargetUnit.OF if _OF.match(self.figure.strip()) else TargetUnit.PERCENT)


class ParsedClause(Piece):
    path: Annotated[str, Field(max_length=40), AfterValidator(_path)]
    kind: ClauseKind = ClauseKind.OTHER
    heading: OptionalText = ""
    text: OptionalText = ""
    targets: list[ParsedTarget] = []
    tasks: list[ParsedTask] = []


class ParsedPlan(Piece):
    """The whole document. `unit` is an official code, looked up on `unit_on` or, without it, on `issued_on`."""

    code: Slug
    number: Annotated[OptionalText, Field(max_length=60)] = ""
    kind: PlanKind = PlanKind.PLAN
    title: Text
    issuer: Annotated[Text, Field(max_length=200)]
    issuer_agency: OptionalText = ""
    unit: Annotated[Text, Field(max_length=5)]
    unit_on: OptionalDate = None
    parent: OptionalText = ""
    amends: OptionalText = ""
    issued_on: OptionalDate = None
    issued_text: Annotated[OptionalText, Field(max_length=80)] = ""
    legal_basis: list[Text] = []
    status: PlanStatus = PlanStatus.IN_FORCE
    has_full_text: bool = True
    source: Annotated[Text, Field(max_length=300)]
    clauses: list[ParsedClause] = []


def read_figure(figure: str) -> tuple[Operator, Decimal, Decimal, Decimal | None]:
    """«60%», «≥ 60», «10 - 15%», «8/8» as operator, low, high and total. Raises `PydanticCustomError`."""
    text = figure.strip()
    if match := _OF.match(text):
        return Operator.EQUAL, read_number(match[1]), read_number(match[1]), read_number(match[2])
    if match := _RANGE.match(text):
        return Operator.RANGE, read_number(match[1]), read_number(match[2]), None
    if match := _SINGLE.match(text):
        return Operator.AT_LEAST if match[1] else Operator.EQUAL, read_number(match[2]), read_number(match[2]), None
    raise _sentence("figure", _("Write the figure as 60%, ≥ 60%, 10 - 15% or 8/8."))


def figure_of(operator: str, low: Decimal, high: Decimal, total: Decimal | None, *, is_percent: bool) -> str:
    """The figure as `read_figure` reads it."""
    sign = "%" if is_percent else ""
    if total is not None:
        return f"{_plain_number(low)}/{_plain_number(total)}"
    if operator == Operator.RANGE:
        return f"{_plain_number(low)} - {_plain_number(high)}{sign}"
    return f"{'≥ ' if operator == Operator.AT_LEAST else ''}{_plain_number(low)}{sign}"


def _plain_number(value: Decimal) -> str:
    return f"{value.normalize():f}"


def parse_plan(content: str | bytes) -> ParsedPlan:
    """The plan in `content` (UTF-8 YAML). Raises `BadPlanFile` with every problem found."""
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError:
        raise BadPlanFile([Problem(line=1, field="", reason=_("The file is not text in UTF-8."))]) from None
    try:
        root = yaml.compose(text, Loader=yaml.BaseLoader)
        deepest = _depth(root)
    except RecursionError:
        raise BadPlanFile([Problem(line=1, field="", reason=_too_deep())]) from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = _("The file cannot be read here: check the colons, the indents and the quotes.")
        raise BadPlanFile([Problem(line=mark.line + 1 if mark else 1, field="", reason=reason)]) from None
    if not isinstance(root, yaml.MappingNode):
        raise BadPlanFile([Problem(line=1, field="", reason=_("The file does not hold a plan."))])
    if deepest > _DEEPEST:
        raise BadPlanFile([Problem(line=1, field="", reason=_too_deep())])
    problems: list[Problem] = []
    data = _plain(root, "", problems)
    try:
        plan = ParsedPlan.model_validate(data)
    except ValidationError as error:
        raise BadPlanFile(problems + [_problem(root, dict(e)) for e in error.errors()]) from None
    problems += _repeated(plan)
    if problems:
        raise BadPlanFile(problems)
    return plan


def _too_deep() -> str:
    return _("The file cannot be read: pieces lie too deep in each other, or refer to others (&, *).")


def _depth(root: yaml.Node | None) -> int:
    """How deep pieces lie in each other. A reference counts as too deep: a few of them unfold into millions."""
    seen: set[int] = set()
    level, depth = [root] if root else [], 0
    while level:
        depth += 1
        for node in level:
            if id(node) in seen:
                return _DEEPEST + 1
            seen.add(id(node))
        level = [part for node in level for part in _parts(node)]
    return depth


def _parts(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _plain(node: yaml.Node, field: str, problems: list[Problem]) -> Any:
    """The node as dictionaries (with their line under `@line`), lists and strings; repeated keys are problems.

    The lines of its fields stand under `@lines`.
    """
    if isinstance(node, yaml.MappingNode):
        lines: dict[str, int] = {}
        found: dict[str, Any] = {_LINE: node.start_mark.line + 1, _LINES: lines}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                problems.append(
                    Problem(line=key.start_mark.line + 1, field=field + name, reason=_("This field stands here twice."))
                )
            found[name] = _plain(value, f"{field}{name}.", problems)
            lines[name] = key.start_mark.line + 1
        return found
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, f"{field}{number}.", problems) for number, item in enumerate(node.value, 1)]
    return node.value


def _problem(root: yaml.Node, error: dict[str, Any]) -> Problem:
    """A pydantic error as a problem: walks the document to the line of the field, or of the nearest thing around it."""
    node, names = root, []
    for step in error["loc"]:
        if isinstance(step, int) and isinstance(node, yaml.SequenceNode):
            node = node.value[step]
            names.append(str(step + 1))
        elif isinstance(node, yaml.MappingNode):
            names.append(str(step))
            node = next((value for key, value in node.value if key.value == step), node)
    return Problem(line=node.start_mark.line + 1, field=".".join(names), reason=_reason(error))


def _reason(error: dict[str, Any]) -> str:
    kind, context = error["type"], error.get("ctx", {})
    reasons = {
        "missing": _("This field is missing."),
        "extra_forbidden": _("There is no such field; is it misspelt?"),
        "string_type": _("Text is expected here."),
        "string_too_short": _("This field is empty."),
        "list_type": _("A list is expected here."),
        "model_type": _("A group of fields is expected here."),
        "int_parsing": _("A whole number is expected here."),
        "decimal_parsing": _("A number is expected here."),
        "bool_parsing": _("Write true or false."),
        "decimal_max_digits": _("This number is too long."),
        "decimal_max_places": _("At most two decimals can stand here."),
        "decimal_whole_digits": _("This number is too long."),
        "string_pattern_mismatch": _("Only small letters without marks, digits, - and _ can stand here."),
    }
    if "sentence" in context:
        return str(context["sentence"])
    if kind in {"enum", "literal_error"}:
        return _("One of these is expected: %(choices)s.") % {"choices": context["expected"].replace(" or ", ", ")}
    if kind == "string_too_long":
        return _("At most %(number)s characters can stand here.") % {"number": context["max_length"]}
    if kind in {"greater_than_equal", "less_than_equal"}:
        return _("This number is out of range (%(limit)s).") % {"limit": context.get("ge", context.get("le"))}
    return reasons.get(kind, _("This cannot be read."))


def _repeated(plan: ParsedPlan) -> list[Problem]:
    problems, paths = [], set()
    for number, clause in enumerate(plan.clauses, 1):
        if clause.path in paths:
            reason = _("The clause %(path)s stands in the file twice.") % {"path": clause.path}
            problems.append(Problem(line=clause.line, field=f"clauses.{number}.path", reason=reason))
        paths.add(clause.path)
        seen = set()
        for target in clause.targets:
            key = (target.indicator, target.cohort, target.year)
            if key in seen:
                reason = _("This clause has two figures for the same indicator, class and year.")
                problems.append(Problem(line=target.line, field=f"clauses.{number}.targets", reason=reason))
            seen.add(key)
    return problems
