import io

import pytest
from PIL import Image

from hocsuotdoi.activities.formats.ticket import render_ticket
from tests.factories.activities import RegistrationFactory

pytestmark = pytest.mark.slow

URL = "https://hoc.vn/activities/sessions/0193e3c0-0000-7000-8000-000000000000/K7MR3QXD/"


def test_a_ticket_is_a_card_of_a6(morning):
    registration = RegistrationFactory(session=morning, code="K7MR3QXD")

    pdf = render_ticket(registration, url=URL)
    picture = Image.open(io.BytesIO(render_ticket(registration, url=URL, to="png")))

    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") + pdf.count(b"/Type/Page/") <= 1
    assert picture.width / picture.height == pytest.approx(105 / 148, abs=0.01)


@pytest.mark.parametrize("title", ["Ngày hội " * 20, '#panic() $x$ *đậm* <a> \\ "', "Q" * 200])
def test_whatever_stands_on_a_ticket_is_set_as_words(morning, title):
    morning.activity.title = title
    registration = RegistrationFactory(session=morning, name="Nguyễn #let x = 1", group_size=10)

    assert render_ticket(registration, url=URL, address="Tổ 5 " * 30).startswith(b"%PDF")
