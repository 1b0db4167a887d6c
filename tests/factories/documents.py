"""Contents of every kind of document that need no database: made by hand, with long names and a large table."""

import datetime as dt
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from hocsuotdoi.places.models import Agency
from hocsuotdoi.reporting.enums import DocumentKind, ReportStepKind, SnapshotKind
from hocsuotdoi.reporting.models import Cycle, Report, ReportStep, Snapshot
from hocsuotdoi.reporting.operations.freezing import freeze
from tests.factories.reporting import PROGRAMME, hand_made_content
from tests.factories.running import NOW, SOMEBODY, SOMEBODY_ELSE, make_cycle, make_report

_COMMUNES = ["Bắc Kạn", "Đức Xuân", "Phan Đình Phùng", "Đại Phúc", "Quan Triều", "Gia Sàng", "Bách Quang", "Vạn Xuân"]


def figure(
    key: str, label: str, words: str, numerator: str | None, denominator: str | None = None, **more: Any
) -> dict:
    return {
        "key": key,
        "label": label,
        "value_state": "value" if numerator is not None else "not_reported",
        "numerator": numerator,
        "denominator": denominator,
        "words": words,
        "reporting": None,
        "expected": None,
        "coverage_words": "",
        "is_additive": True,
        "origin": "counted",
        "note": "",
        **more,
    }


def cycle_content(**changes: Any) -> dict[str, Any]:
    """A report of a cycle (shape 2): every number has a figure."""
    content: dict[str, Any] = {**hand_made_content()}
    figures = [
        figure("activities:sessions:2026", "Số buổi hoạt động", "12", "12"),
        figure("activities:attendance:2026", "Lượt người tham gia", "1.436", "1436"),
        figure("measure:library_visit:2026", "Lượt đến thư viện", "1.436", "1436"),
    ]
    for target in content["targets"]:
        key = f"indicator:{target['indicator']}:{target['cohort']}:{len(figures)}:2026"
        target["key"] = key
        figures.append(
            figure(
                key,
                f"{target['name']} ({target['of_whom']})" if target["of_whom"] else target["name"],
                target["value_words"],
                target["numerator"],
                target["denominator"],
                reporting=target["reporting"],
                expected=target["expected"],
                coverage_words=target["coverage_words"],
            )
        )
    rows = []
    for source, source_words, sums in (
        ("commune_budget", "Ngân sách xã", (12_000_000, 12_000_000, 10_000_000, 9_500_000)),
        ("donation", "Tài trợ, xã hội hóa", (5_000_000, None, None, 5_000_000)),
    ):
        for stage, words, amount in zip(
            ("estimated", "appraised", "allocated", "spent"),
            ("dự toán", "thẩm định", "đã cấp", "đã chi"),
            sums,
            strict=True,
        ):
            key = f"money:{stage}:{source}:2026"
            label = f"{source_words}: {words}"
            shown = "–" if amount is None else f"{amount:,}".replace(",", ".")
            figures.append(figure(key, label, shown, None if amount is None else str(amount)))
            rows.append(
                {
                    "stage": stage,
                    "stage_words": words,
                    "source": source,
                    "source_words": source_words,
                    "label": label,
                    "key": key,
                }
            )
    content |= {
        "shape": 2,
        "report": {
            "cycle": "nam-2026",
            "cycle_title": "Báo cáo năm 2026",
            "kind": "yearly",
            "line": "territory",
            "detail": "full",
            "agency": 1,
            "agency_name": "Phòng Văn hóa - Xã hội phường Bắc Kạn",
            "due_on": "2026-11-25",
        },
        "figures": figures,
        "money": {"rows": rows, "sentences": ["Kinh phí đã chi: 14.500.000 đồng từ 2 nguồn."]},
        "below": [],
        "gaps": [],
    }
    figures.append(figure("money:spent:all:2026", "Tổng đã chi", "14.500.000", "14500000"))
    content["words"] = {**content["words"], "causes": ["Nguồn ngân sách cấp xã còn hạn chế."]}
    return {**content, **changes}


def consolidated_content(count: int = 8, **changes: Any) -> dict[str, Any]:
    below = [
        {
            "agency": ordinal + 1,
            "name": f"Phòng Văn hóa - Xã hội phường {_COMMUNES[ordinal % len(_COMMUNES)]}"
            + (f" ({ordinal})" if ordinal >= len(_COMMUNES) else ""),
            "unit": _COMMUNES[ordinal % len(_COMMUNES)],
            "state": "draft" if ordinal == 1 else "approved",
            "state_words": "Đang soạn" if ordinal == 1 else "Đã duyệt",
            "number": "" if ordinal == 1 else f"BC-{1840 + ordinal:05d}-2026-001",
            "submitted_at": "" if ordinal == 1 else "2026-11-22T09:00:00+07:00",
        }
        for ordinal in range(count)
    ]
    header = {
        **hand_made_content()["header"],
        "issuer_lines": ["ỦY BAN NHÂN DÂN", "TỈNH THÁI NGUYÊN"],
        "issuer": "Ủy ban nhân dân tỉnh Thái Nguyên",
        "place": "Thái Nguyên",
        "addressee": "Bộ Văn hóa, Thể thao và Du lịch",
    }
    gaps = ["Chưa tổng hợp báo cáo của Phòng Văn hóa - Xã hội phường Đức Xuân (đang soạn)."]
    return cycle_content(below=below, gaps=gaps, header=header, **changes)


def review_content(first: int = 2023, last: int = 2025, **changes: Any) -> dict[str, Any]:
    """A consolidated report over several years: each figure by year, with the sum beside."""
    content = consolidated_content()
    years, figures = range(first, last + 1), list(content["figures"])
    period = f"{first}-{last}"

    def cells(key: str, label: str, amounts: list[int | None]) -> dict[str, Any]:
        told = []
        for year, amount in zip(years, amounts, strict=True):
            words = "–" if amount is None else f"{amount:,}".replace(",", ".")
            if amount is not None:
                figures.append(figure(f"{key}:{year}", f"{label} năm {year}", words, str(amount)))
            told.append({"year": year, "key": f"{key}:{year}" if amount is not None else "", "words": words})
        total = sum(each for each in amounts if each is not None)
        words = f"{total:,}".replace(",", ".")
        figures.append(figure(f"{key}:{period}", f"{label} giai đoạn {period}", words, str(total)))
        return {"label": label, "cells": told, "total": {"year": 0, "key": f"{key}:{period}", "words": words}}

    count = len(years)
    rows = [
        {
            "group": "activities",
            **cells("activities:sessions", "Số buổi hoạt động", [12_000 * n for n in range(1, count + 1)]),
        },
        {
            "group": "activities",
            **cells("measure:library_visit", "Lượt đến thư viện", [None, *(1_234_567 + n for n in range(1, count))]),
        },
        {"group": "money", **cells("money:spent:all", "Tổng đã chi", [1_234_500_000 + n for n in range(count)])},
    ]
    for target in content["targets"]:
        target["years"] = []
        for year in years:
            key = f"{target['key'].rpartition(':')[0]}:{year}"
            figures.append(figure(key, f"{target['name']} năm {year}", "33,3%", "1", "3"))
            target["years"].append(
                {
                    "year": year,
                    "key": key,
                    "value_words": "33,3%",
                    "coverage_words": "3/3 (100%)",
                    "due_words": "" if year == first else "40%",
                    "state": "at_risk",
                    "state_words": "Có nguy cơ",
                }
            )
    content["period"] = {
        "first": first,
        "last": last,
        "words": f"{first}–{last}",
        "years": [
            {"year": year, "until": f"{year}-12-31", "note": "Chưa có sổ của thư viện cấp xã." if year == first else ""}
            for year in years
        ],
        "rows": rows,
        "sentences": ["Số liệu các năm tính theo địa giới hiện nay."],
    }
    return {**content, "figures": figures, "year": last, **changes}


def final_content(**changes: Any) -> dict[str, Any]:
    return review_content(2023, 2030, **changes)


def _header(title: str, symbol: str, addressee: str = "") -> dict[str, Any]:
    return {
        "superior": "ỦY BAN NHÂN DÂN TỈNH THÁI NGUYÊN",
        "issuer_lines": ["SỞ VĂN HÓA, THỂ THAO", "VÀ DU LỊCH"],
        "issuer": "Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên",
        "symbol": symbol,
        "place": "Thái Nguyên",
        "day": "ngày 27 tháng 11 năm 2026",
        "title": title,
        "addressee": addressee,
    }


def _other(number: str, **more: Any) -> dict[str, Any]:
    return {
        "shape": 1,
        "number": number,
        "frozen_at": "2026-11-27T09:00:00+07:00",
        "year": 2026,
        "has_sample": False,
        "recipients": ["- Như trên;", "- Lưu: VT, QLVH."],
        "signature": {"lines": ["GIÁM ĐỐC"]},
        **more,
    }


def letter_content(**changes: Any) -> dict[str, Any]:
    return _other(
        "CV-01843-2026-001",
        header=_header(
            "V/v đôn đốc báo cáo kết quả thực hiện Chương trình học tập suốt đời năm 2026",
            "SVHTTDL-QLVH",
            "Phòng Văn hóa - Xã hội phường Bắc Kạn",
        ),
        figures=[figure("late:days", "Số ngày chậm", "2", "2")],
        paragraphs=[
            f"Thực hiện {PROGRAMME}, các đơn vị gửi báo cáo trước ngày 25/11/2026. Đến ngày 27/11/2026, "
            "đơn vị đã quá hạn 2 ngày, chưa gửi báo cáo. Đề nghị đơn vị hoàn thành các nội dung sau, gửi báo cáo trước "
            "ngày 30/11/2026:",
        ],
        items=["- Soạn và gửi báo cáo năm 2026;", "- Giải trình các số liệu bất thường, nếu có."],
        closing="Đề nghị đơn vị quan tâm thực hiện./.",
        **changes,
    )


def minutes_content(**changes: Any) -> dict[str, Any]:
    rows = [
        {
            "question": f"Câu hỏi số {number}: nội quy, giờ mở cửa, phục vụ người khuyết tật tại chỗ và lưu động",
            "seen": "Đạt" if number % 3 else "Chưa đạt",
            "remark": "" if number % 3 else "Chưa niêm yết tại cửa vào.",
        }
        for number in range(1, 15)
    ]
    rows.append({"question": "Số bản sách hiện có", "seen": "1.250", "remark": "", "key": "visit:answer:15"})
    return _other(
        "BB-tv-bac-kan-2026-001",
        header=_header("Kiểm tra hoạt động của Thư viện phường Bắc Kạn", "BB-SVHTTDL"),
        figures=[figure("visit:answer:15", "Số bản sách hiện có", "1.250", "1250")],
        opening="Hôm nay, ngày 27 tháng 11 năm 2026, tại Thư viện phường Bắc Kạn, phường Bắc Kạn, tỉnh Thái Nguyên, "
        "đoàn kiểm tra đã làm việc với cơ sở theo Kế hoạch kiểm tra năm 2026.",
        team=["- Bà Phạm Thu Hà, Trưởng đoàn;", "- Ông Đỗ Quang Huy, thành viên."],
        met=["- Ông Nông Văn Dũng, Phụ trách thư viện."],
        answer_sentences=["Đoàn đã kiểm tra theo bảng hỏi dành cho thư viện cấp xã, phiên bản 1."],
        sections=[
            {"title": "Cơ sở vật chất", "rows": rows[:8]},
            {"title": "Phục vụ người sử dụng", "rows": rows[8:]},
        ],
        finding_sentences=[],
        findings=[
            {
                "text": "Nội quy và giờ mở cửa chưa niêm yết tại cửa vào.",
                "severity_words": "Thiếu sót",
                "demand": "Niêm yết nội quy, giờ mở cửa.",
                "due_words": "15/12/2026",
            }
        ],
        opinion=["Cơ sở nhất trí và sẽ khắc phục đúng hạn."],
        conclusion=["Thư viện hoạt động thường xuyên, cần khắc phục 01 thiếu sót nêu trên."],
        closing="Biên bản lập thành 02 bản có giá trị như nhau, mỗi bên giữ 01 bản.",
        signature_right={"lines": ["TRƯỞNG ĐOÀN KIỂM TRA"]},
        **{"signature": {"lines": ["ĐẠI DIỆN CƠ SỞ"]}, **changes},
    )


def nomination_content(**changes: Any) -> dict[str, Any]:
    return _other(
        "TT-svhttdl-2026-001",
        header=_header(
            "Đề nghị khen thưởng thành tích thực hiện Chương trình học tập suốt đời năm 2026",
            "TTr-SVHTTDL",
            "Ủy ban nhân dân tỉnh Thái Nguyên",
        ),
        figures=[figure("measure:library_visit:2026", "Lượt đến thư viện", "1.436", "1436")],
        basis=["Căn cứ Luật Thi đua, khen thưởng số 06/2022/QH15 ngày 15/6/2022;"],
        opening="Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên kính trình Ủy ban nhân dân tỉnh Thái Nguyên xem xét, "
        "khen thưởng như sau:",
        nominee="Thư viện phường Bắc Kạn, phường Bắc Kạn.",
        form="Bằng khen của Chủ tịch Ủy ban nhân dân tỉnh",
        merits=["Thư viện mở cửa cả thứ Bảy, Chủ nhật và luân chuyển sách đến các tổ dân phố."],
        evidence=[
            {
                "key": "measure:library_visit:2026",
                "label": "Lượt đến thư viện năm 2026",
                "words": "1.436",
                "source": "Sổ hoạt động của cơ sở",
                "numerator": "1436",
                "denominator": None,
            },
            {
                "key": "",
                "label": "Ngày hội đọc sách",
                "words": "21/4/2026",
                "source": "Sổ hoạt động của cơ sở",
                "numerator": None,
                "denominator": None,
            },
        ],
        peer_sentences=["So với các thư viện cấp xã cùng quy mô dân số, cơ sở đứng thứ 1 trong 12."],
        closing="Kính trình Ủy ban nhân dân tỉnh Thái Nguyên xem xét, quyết định./.",
        **changes,
    )


def decision_content(**changes: Any) -> dict[str, Any]:
    """A proposal with the draft of its decision."""
    header = {
        "superior": "",
        "issuer_lines": ["ỦY BAN NHÂN DÂN", "TỈNH THÁI NGUYÊN"],
        "issuer": "Ủy ban nhân dân tỉnh Thái Nguyên",
        "symbol": "QĐ-UBND",
        "place": "Thái Nguyên",
        "day": "ngày 27 tháng 11 năm 2026",
        "title": "Về việc tặng Bằng khen",
        "addressee": "",
    }
    decision = {
        "header": header,
        "authority": "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH THÁI NGUYÊN",
        "basis": ["Căn cứ Luật Thi đua, khen thưởng số 06/2022/QH15 ngày 15/6/2022;"],
        "proposal": "Theo đề nghị của Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên",
        "articles": [
            f"Tặng Bằng khen cho Thư viện phường Bắc Kạn, đã có thành tích trong thực hiện {PROGRAMME} năm\u00a02026.",
            "Tập thể, cá nhân nêu tại Điều 1 được thưởng theo quy định của pháp luật về thi đua, khen thưởng.",
            "Các cơ quan có liên quan chịu trách nhiệm thi hành. Quyết định có hiệu lực kể từ ngày ký./.",
        ],
        "recipients": ["- Như Điều 3;", "- Lưu: VT."],
        "signature": {"lines": ["CHỦ TỊCH"]},
    }
    return {**nomination_content(), "decision": decision, **changes}


def certificate_content(**changes: Any) -> dict[str, Any]:
    content = decision_content()
    return _other(
        "QK-19-2026-001",
        header={**content["decision"]["header"], "title": "Bằng khen theo Quyết định số 123/QĐ-UBND"},
        figures=[],
        authority=content["decision"]["authority"],
        award="BẰNG KHEN",
        nominee="Thư viện phường Bắc Kạn",
        nominee_more="",
        reason=f"Đã có thành tích trong thực hiện {PROGRAMME} năm\u00a02026.",
        decision="Quyết định số 123/QĐ-UBND ngày 27 tháng 11 năm 2026.",
        signer="Nguyễn Thị Hoa",
        closing="",
        **{"signature": {"lines": ["CHỦ TỊCH"]}, **changes},
    )


def addendum_content(**changes: Any) -> dict[str, Any]:
    return cycle_content(
        number="BC-01843-2026-003-BS1",
        amends={"number": "BC-01843-2026-003", "frozen_at": "2026-11-23T16:05:00+07:00"},
        changes=[
            {
                "key": "activities:sessions:2026",
                "label": "Số buổi hoạt động",
                "before": {"value_state": "value", "numerator": "11", "denominator": None},
                "after": {"value_state": "value", "numerator": "12", "denominator": None},
                "before_words": "11",
                "after_words": "12",
            }
        ],
        reason="Thư viện phường Bắc Kạn ghi bổ sung một buổi của tháng 10.",
        closing="Trên đây là báo cáo bổ sung số liệu./.",
        **changes,
    )


CONTENTS = {
    DocumentKind.UNIT_REPORT: cycle_content,
    DocumentKind.CONSOLIDATED_REPORT: consolidated_content,
    DocumentKind.MID_TERM_REVIEW: review_content,
    DocumentKind.FINAL_REVIEW: final_content,
    DocumentKind.PRIME_MINISTER_REPORT: consolidated_content,
    DocumentKind.REMINDER_LETTER: letter_content,
    DocumentKind.INSPECTION_MINUTES: minutes_content,
    DocumentKind.NOMINATION: nomination_content,
    DocumentKind.COMMENDATION_DECISION: decision_content,
    DocumentKind.CERTIFICATE: certificate_content,
    DocumentKind.ADDENDUM: addendum_content,
}


def frozen_report(
    agency: Agency,
    *,
    cycle: Cycle | None = None,
    content: dict[str, Any] | None = None,
    state: str = "approved",
    **fields: Any,
) -> Snapshot:
    """A report of a cycle with its snapshot, straight in the tables, past the operations of its life."""
    report = make_report(cycle or make_cycle(), agency, **fields)
    given = cycle_content() if content is None else content
    given = {key: value for key, value in given.items() if key not in {"number", "frozen_at"}}
    snapshot = freeze(SnapshotKind.REPORT, given, report=report, by=None, at=NOW)
    steps = [{"state": "draft"}]
    submitted = {"submitted": snapshot, "submitted_at": NOW, "submitted_by": SOMEBODY}
    steps.append({"state": "submitted", **submitted})
    if state == "approved":
        steps.append({"state": "approved", "approved": snapshot, "approved_at": NOW, "approved_by": SOMEBODY_ELSE})
        ReportStep.objects.create(
            report=report, kind=ReportStepKind.APPROVED, snapshot=snapshot, by=SOMEBODY_ELSE, at=NOW
        )
    for step in steps:
        Report.objects.filter(pk=report.pk).update(**step)
    return Snapshot.objects.select_related("report__cycle", "report__unit", "report__agency").get(pk=snapshot.pk)


def certificate(folder: Path, code: str, *, password: str = "mat-khau", until: dt.datetime | None = None) -> Path:
    """A self-signed certificate of a body with its key, as PKCS#12."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"),
            x509.NameAttribute(NameOID.COMMON_NAME, "Sở Văn hóa, Thể thao và Du lịch tỉnh Thái Nguyên"),
        ]
    )
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=400))
        .not_valid_after(until or now + dt.timedelta(days=400))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True,
                content_commitment=True,
                key_encipherment=False,
                data_encipherment=False,
                key_agreement=False,
                key_cert_sign=True,
                crl_sign=False,
                encipher_only=False,
                decipher_only=False,
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )
    place = folder / f"{code}.p12"
    locked = serialization.BestAvailableEncryption(password.encode())
    place.write_bytes(pkcs12.serialize_key_and_certificates(code.encode(), key, made, None, locked))
    return place
