"""The page that shows every component. It holds no data, so anybody may open it."""

import datetime as dt

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from hocsuotdoi.accounts.surfaces import public
from hocsuotdoi.workspace.components.forms import SpecimenForm
from hocsuotdoi.workspace.components.specimens import SPECIMENS, drawn, icons


@public
def components(request: HttpRequest) -> HttpResponse:
    wrong = SpecimenForm({"title": "", "starts_on": "32/13/2026", "audience": "everyone"}, auto_id="wrong_%s")
    wrong.is_valid()
    starts_at = dt.datetime(2026, 11, 23, 9, 0, tzinfo=timezone.get_default_timezone())
    specimens = {
        "icons": icons(),
        "form": SpecimenForm(),
        "wrong_form": wrong,
        "fieldset_form": SpecimenForm(auto_id="set_%s"),
        "filter_form": SpecimenForm(auto_id="filter_%s"),
        "starts_at": starts_at,
        "ends_at": starts_at + dt.timedelta(hours=2),
        "share": {
            "rests": "Xét theo 3 câu hỏi của bảng tiêu chí: 1 từ hoạt động đã ghi, 2 do cơ sở tự khai.",
            "origins": [
                {
                    "of": "Lượt người sử dụng thư viện",
                    "traced": "ghi từ hoạt động: 4.831 (89%)",
                    "typed": "nhập tay: 600 (11%)",
                    "traced_at": 89.0,
                }
            ],
            "waiting": "2 điểm đang chờ xác minh",
        },
        "page_obj": Paginator(range(200), 20).page(3),
    }
    return render(request, "workspace/components/components.html", SPECIMENS | drawn() | specimens)
