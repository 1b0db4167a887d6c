"""The page that shows every component. It holds no data, so anybody may open it."""

import datetime as dt

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.core import charts
from hocsuotdoi.workspace.components.forms import SpecimenForm

ICONS = [
    "calendar",
    "clock",
    "place",
    "people",
    "person",
    "search",
    "home",
    "book",
    "museum",
    "drum",
    "plan",
    "chart",
    "report",
    "check",
    "cross",
    "plus",
    "minus",
    "next",
    "previous",
    "open",
    "down",
    "download",
    "upload",
    "edit",
    "print",
    "filter",
    "language",
    "key",
    "exit",
    "info",
    "warning",
    "phone",
    "ticket",
    "roll",
    "map",
    "lineage",
    "settings",
    "history",
    "menu",
]


@public
def components(request: HttpRequest) -> HttpResponse:
    wrong = SpecimenForm({"title": "", "starts_on": "32/13/2026", "audience": "everyone"}, auto_id="wrong_%s")
    wrong.is_valid()
    starts_at = dt.datetime(2026, 11, 23, 9, 0, tzinfo=timezone.get_default_timezone())
    return render(
        request,
        "workspace/components/components.html",
        {
            "icons": ICONS,
            "form": SpecimenForm(),
            "wrong_form": wrong,
            "fieldset_form": SpecimenForm(auto_id="set_%s"),
            "filter_form": SpecimenForm(auto_id="filter_%s"),
            "starts_at": starts_at,
            "ends_at": starts_at + dt.timedelta(hours=2),
            "page_obj": Paginator(range(200), 20).page(3),
            "workspace_nav": [
                {"label": "Hôm nay", "url": "#hom-nay", "icon": "home", "is_current": False},
                {"label": "Hoạt động", "url": "#hoat-dong", "icon": "calendar", "is_current": False},
                {"label": "Số liệu", "url": "#so-lieu", "icon": "chart", "is_current": False},
                {"label": "Kế hoạch", "url": "#ke-hoach", "icon": "plan", "is_current": True},
                {"label": "Báo cáo", "url": "#bao-cao", "icon": "report", "is_current": False},
            ],
            "path": [("Việt Nam", "#"), ("Tỉnh Thái Nguyên", "#"), ("Phường Bắc Kạn", "#")],
            "facts": [("Giờ mở cửa", "7:30–11:30, 13:30–17:00"), ("Địa chỉ", "Tổ 4, phường Bắc Kạn"), ("Chỗ ngồi", 40)],
            "tabs": [
                {"label": "Sắp diễn ra", "url": "#", "is_current": True, "count": 12},
                {"label": "Đã diễn ra", "url": "#", "is_current": False, "count": 148},
                {"label": "Bản nháp", "url": "#", "is_current": False, "count": 2},
            ],
            "steps": [
                {"label": "Soạn hoạt động", "is_done": True},
                {"label": "Đăng lên", "is_current": True},
                {"label": "Điểm danh"},
                {"label": "Chốt buổi"},
            ],
            "trend": charts.trend(
                "Thư viện công cộng cấp xã có cung ứng dịch vụ học tập suốt đời",
                [
                    charts.TrendPoint(2022, 20, 20),
                    charts.TrendPoint(2023, 31.5, 31),
                    charts.TrendPoint(2024, 44, 44),
                    charts.TrendPoint(2025, 60.4, 57, 70),
                    charts.TrendPoint(2030, None, 90, 90),
                ],
            ),
            "ranking": charts.ranking(
                "Lượt tham gia theo địa bàn",
                [("Xã Chợ Đồn", 2310), ("Phường Bắc Kạn", 1248), ("Phường Đức Xuân", 986), ("Xã Bằng Thành", None)],
                name="Địa bàn",
                measure="Lượt tham gia",
            ),
            "columns": [
                {"label": "Địa bàn"},
                {"label": "Lượt tham gia", "numeric": True},
                {"label": "Số buổi", "numeric": True},
            ],
            "rows": [
                [{"text": "Phường Bắc Kạn", "url": "#"}, "1.248", "31"],
                [{"text": "Phường Đức Xuân", "url": "#"}, "986", "24"],
                [{"text": "Xã Chợ Đồn", "url": "#"}, "2.310", "47"],
            ],
        },
    )
