"""What the components page shows its components with. Vietnamese as on a real page, so that marks are seen at work."""

import re
from pathlib import Path
from typing import Any

import hocsuotdoi.core
from hocsuotdoi.core.charts.chart import Chart
from hocsuotdoi.core.charts.ranking import Bar, bars
from hocsuotdoi.core.charts.trend import TrendPoint, trend

SPRITE = Path(hocsuotdoi.core.__file__).parent / "static" / "icons" / "icons.svg"

SPECIMENS: dict[str, Any] = {
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
    "ratings": {"happy": 28, "so_so": 4, "sad": 1},
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
}


def icons() -> list[str]:
    """The names in the sprite, states apart."""
    return [name for name in re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text()) if not name.startswith("state-")]


def drawn() -> dict[str, Chart]:
    return {
        "trend": trend(
            "Thư viện công cộng cấp xã có cung ứng dịch vụ học tập suốt đời",
            [
                TrendPoint(2022, 20, 20),
                TrendPoint(2023, 31.5, 31),
                TrendPoint(2024, 44, 44),
                TrendPoint(2025, 60.4, 57, 70),
                TrendPoint(2030, None, 90, 90),
            ],
        ),
        "ranking": bars(
            "Lượt tham gia theo địa bàn",
            [
                Bar("Xã Chợ Đồn", 2310),
                Bar("Phường Bắc Kạn", 1248),
                Bar("Phường Đức Xuân", 986),
                Bar("Xã Bằng Thành", None, "chưa có số liệu"),
            ],
            name="Địa bàn",
            measure="Lượt tham gia",
        ),
    }
