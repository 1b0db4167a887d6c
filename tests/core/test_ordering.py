"""The Vietnamese order as the database computes it."""

import pytest
from django.db.models import Value
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.core.ordering import vietnamese_order
from hocsuotdoi.core.vietnamese import normalise, sort_key
from hocsuotdoi.places.models import AdminUnit

LETTERS = "aàảãáạăằẳẵắặâầẩẫấậeèẻẽéẹêềểễếệiìỉĩíịoòỏõóọôồổỗốộơờởỡớợuùủũúụưừửữứựyỳỷỹýỵbcdđfghjklmnpqrstvwxz"
TEXTS = st.text(st.sampled_from(LETTERS + LETTERS.upper() + "0123456789 ,.-–()“”«»_'%|\\~ç"), max_size=40)


def key_of(text: str) -> str:
    found = AdminUnit.objects.annotate(key=vietnamese_order(Value(text))).values_list("key", flat=True)
    return found.get(code="01843")


@pytest.mark.parametrize(
    "text",
    [
        *("", "Đọc sách", "Câu lạc bộ bạn đọc", "Hát then – đàn tính", "Lớp 4A", "ĐƯỜNG", "Ươm mầm"),
        *("élève", "garçon", "50% giá", "~ a ~", "a\\1b"),
    ],
)
def test_key_is_that_of_the_program(bac_kan, text):
    assert key_of(text) == sort_key(text)


@pytest.mark.slow
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
def test_keys_of_all_vietnamese_texts_are_those_of_the_program(bac_kan, text):
    assert key_of(normalise(text)) == sort_key(text)
