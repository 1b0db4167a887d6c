"""Words for the fields that nobody has written, made from the figures alone. Pure; nothing here is guessed."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from hocsuotdoi.reporting.models.content import ActivitiesContent, MissingContent, TargetContent, TaskContent
from hocsuotdoi.reporting.queries.wording import in_sentence, money_words, number_words, percent_words

NO_DIFFICULTY = "Đơn vị chưa nêu khó khăn, vướng mắc."
NO_PROPOSAL = "Đơn vị chưa nêu đề xuất, kiến nghị."
NAMED_AT_MOST = 60  # in the document; all of them stand in the annex


def target_sentences(targets: list[TargetContent]) -> list[str]:
    if not targets:
        return ["Chưa có chỉ tiêu nào được giao cho đơn vị trong các văn bản đang có trên hệ thống."]
    asked = applicable(targets)
    counts = Counter(target["state"] for target in asked)
    parts = [
        f"{number_words(counts[state])} {words}"
        for state, words in (
            ("on_track", "đúng tiến độ"),
            ("at_risk", "có nguy cơ chậm"),
            ("off_track", "chậm tiến độ"),
            ("no_data", "chưa đủ số liệu để đánh giá"),
        )
        if counts[state]
    ]
    if len(asked) < len(targets):
        excused = number_words(len(targets) - len(asked))
        parts.append(f"{excused} không áp dụng vì trên địa bàn không có loại cơ sở hoặc đơn vị được nêu")
    told = f"Trong {number_words(len(targets))} chỉ tiêu giao cho đơn vị: {', '.join(parts)}."
    return [f"{told} Chi tiết ở Bảng\N{NO-BREAK SPACE}1."]


def applicable(targets: Iterable[TargetContent]) -> list[TargetContent]:
    """Those that ask something of the unit: a ward without a museum is not asked about museums."""
    return [target for target in targets if target["value_state"] != "not_applicable"]


def task_sentences(tasks: list[TaskContent]) -> list[str]:
    if not tasks:
        return ["Chưa có nhiệm vụ nào được giao cho đơn vị trong các văn bản đang có trên hệ thống."]
    counts = Counter(task["state"] for task in tasks)
    parts = [
        f"{number_words(counts[state])} {words}"
        for state, words in (
            ("done", "đã thực hiện"),
            ("shown", "đã có minh chứng thực hiện, chưa báo hoàn thành"),
            ("doing", "đang thực hiện"),
            ("to_do", "chưa thực hiện"),
            ("late", "chậm so với thời hạn"),
            ("cannot", "không thực hiện được"),
        )
        if counts[state]
    ]
    return [
        f"Trong {number_words(len(tasks))} nhiệm vụ được giao: {', '.join(parts)}. Chi tiết ở Bảng\N{NO-BREAK SPACE}2."
    ]


def missing_sentences(targets: list[TargetContent], missing: list[MissingContent]) -> list[str]:
    """Names every institution without complete figures, by place; past `NAMED_AT_MOST` the places with their number."""
    if not any(target["behind"] for target in targets):
        return ["Trên địa bàn chưa có cơ sở nào thuộc diện thống kê trong sổ đăng ký."]
    if not missing:
        return ["Các cơ sở thuộc diện thống kê đã có đủ số liệu."]
    places: dict[str, list[str]] = {}
    for each in missing:
        places.setdefault(each["place"], []).append(each["name"])
    head = f"Có {number_words(len(missing))} cơ sở, đơn vị chưa có đủ số liệu, chưa tính vào các tỷ lệ ở Bảng 1"
    if len(missing) > NAMED_AT_MOST:
        counted = [f"{place} ({number_words(len(names))})" for place, names in places.items()]
        return [f"{head}. Số lượng theo địa bàn: {'; '.join(counted)}. Danh sách đầy đủ ở Phụ lục 5."]
    named = [_named(place, names) for place, names in places.items()]
    return [f"{head}:", *[f"- {line}{'.' if line is named[-1] else ';'}" for line in named]]


def _named(place: str, names: list[str]) -> str:
    """«Phường Bắc Kạn: Thư viện A, Nhà văn hóa B»; a unit that is itself missing is not named twice."""
    own = [name for name in names if name != place]
    return f"{place}: {', '.join(own)}" if own else place


def suggested_results(targets: list[TargetContent], tasks: list[TaskContent]) -> list[str]:
    reached = [target for target in targets if target["state"] == "on_track"]
    done = [task for task in tasks if task["state"] == "done"]
    sentences = []
    asked = applicable(targets)
    if asked:
        head = f"{number_words(len(reached))}/{number_words(len(asked))} chỉ tiêu đúng tiến độ"
        sentences.append(f"{head}: {_names(reached)}." if reached else f"{head}.")
    if tasks:
        share = f"{number_words(len(done))}/{number_words(len(tasks))}"
        shown = sum(task["state"] == "shown" for task in tasks)
        more = f"; {number_words(shown)} nhiệm vụ đã có minh chứng thực hiện, chưa báo hoàn thành" if shown else ""
        sentences.append(f"{share} nhiệm vụ được giao đã thực hiện{more}.")
    return sentences or ["Đơn vị chưa có chỉ tiêu, nhiệm vụ được giao trong các văn bản đang có trên hệ thống."]


def suggested_difficulties(
    targets: list[TargetContent], tasks: list[TaskContent], missing: list[MissingContent]
) -> list[str]:
    sentences = []
    for state, words in (("off_track", "chậm tiến độ"), ("at_risk", "có nguy cơ chậm")):
        behind = [target for target in targets if target["state"] == state]
        if behind:
            sentences.append(f"{number_words(len(behind))} chỉ tiêu {words}: {_names(behind)}.")
    late = [task for task in tasks if task["state"] == "late"]
    if late:
        clauses = "; ".join(
            f"mục {task['clause']}, {task['plan_short']}" if task["clause"] else task["text"] for task in late
        )
        sentences.append(f"{number_words(len(late))} nhiệm vụ chậm so với thời hạn: {clauses}.")
    if missing:
        sentences.append(f"{number_words(len(missing))} cơ sở, đơn vị chưa có đủ số liệu để đánh giá.")
    return sentences or [NO_DIFFICULTY]


def _names(targets: Iterable[TargetContent]) -> str:
    """Each target once by name, with of whom it speaks."""
    names = []
    for target in targets:
        name = (
            f"{target['short_name']} ({in_sentence(target['of_whom'])})" if target["of_whom"] else target["short_name"]
        )
        if name not in names:
            names.append(name)
    return "; ".join(names)


# -- a body's report in a cycle --

NO_CAUSE = "Đơn vị chưa nêu nguyên nhân."
LEAST_SHARE = 90  # per cent of what was estimated; with less, money is named among the causes


@dataclass(frozen=True)
class Facts:
    """What sentences are made from. `below` and `approved`: how many reports go into this one, and how many of them
    are in it. `estimated`, `allocated`: money of all sources in đồng, None where nobody has said it."""

    activities: ActivitiesContent
    targets: list[TargetContent]
    tasks: list[TaskContent]
    missing: list[MissingContent]
    below: int
    approved: int
    estimated: Decimal | None
    allocated: Decimal | None
    spent: Decimal | None


def suggested_words(facts: Facts) -> dict[str, list[str]]:
    return {
        "results": _results(facts),
        "difficulties": _difficulties(facts),
        "causes": _causes(facts),
        "proposals": _proposals(facts),
    }


def _results(facts: Facts) -> list[str]:
    sentences = []
    sessions, attendance = facts.activities["sessions"], facts.activities["attendance"]
    if sessions:
        came = "" if attendance is None else f" với {number_words(attendance)} lượt người tham gia"
        sentences.append(f"Đã tổ chức {number_words(sessions)} buổi hoạt động phục vụ học tập suốt đời{came}.")
    if facts.targets or facts.tasks:
        sentences += suggested_results(facts.targets, facts.tasks)
    if facts.spent is not None:
        sentences.append(f"Kinh phí đã chi cho Chương trình: {money_words(facts.spent)}.")
    if facts.below:
        sentences.append(
            f"Đã tổng hợp {number_words(facts.approved)}/{number_words(facts.below)} báo cáo của các đơn vị gửi về."
        )
    return sentences or suggested_results(facts.targets, facts.tasks)


def _difficulties(facts: Facts) -> list[str]:
    sentences = suggested_difficulties(facts.targets, facts.tasks, facts.missing)
    if late := facts.below - facts.approved:
        told = [each for each in sentences if each != NO_DIFFICULTY]
        return [*told, f"{number_words(late)} báo cáo của cấp dưới chưa được duyệt nên chưa tổng hợp được số liệu."]
    return sentences


def _causes(facts: Facts) -> list[str]:
    sentences = []
    if facts.missing:
        sentences.append(
            f"{number_words(len(facts.missing))} cơ sở, đơn vị chưa ghi chép, cập nhật đầy đủ số liệu hoạt động."
        )
    if (share := allocated_share(facts.estimated, facts.allocated)) is not None and share < LEAST_SHARE:
        sentences.append(f"Kinh phí được giao mới đạt {percent_words(share)} so với dự toán.")
    for task in facts.tasks:
        if task["state"] == "cannot" and task["evidence"]:
            sentences.append(f"Nhiệm vụ “{task['text']}” không thực hiện được: {task['evidence'][0]}")
    return sentences or [NO_CAUSE]


def _proposals(facts: Facts) -> list[str]:
    sentences = []
    if behind := [target for target in facts.targets if target["state"] == "off_track"]:
        sentences.append(
            "Đề nghị cơ quan cấp trên quan tâm chỉ đạo, hướng dẫn, hỗ trợ để thực hiện các chỉ tiêu đang chậm tiến "
            f"độ: {_names(behind)}."
        )
    if (share := allocated_share(facts.estimated, facts.allocated)) is not None and share < LEAST_SHARE:
        sentences.append("Đề nghị cấp có thẩm quyền xem xét, bố trí đủ kinh phí theo dự toán đã lập.")
    return sentences or [NO_PROPOSAL]


def allocated_share(estimated: Decimal | None, allocated: Decimal | None) -> Decimal | None:
    """In per cent; None where nothing was estimated or nobody has said what was allocated."""
    return Decimal(100) * allocated / estimated if estimated and allocated is not None else None
