"""Measuring one of the texts that look alike loses nothing that axe finds."""

import pytest
from axe_playwright_python.base import AXE_SCRIPT

from tests.support.browser import accessibility_problems

pytestmark = pytest.mark.slow

STRONG = '<p class="text">Thư viện phường Bắc Kạn</p>' * 5
PAGE = """<!doctype html><html lang="vi"><title>Thử</title>
<style>body {{ color: #222; background: #fff }} .weak {{ color: #bbb }} .box {{ position: relative }}</style>
<main><h1>Thử</h1>{}</main>"""
WEAK = {
    "one of many": STRONG + '<p class="text" style="color: #bbb">Bảo tàng</p>' + STRONG,
    "in something faint": STRONG + '<div style="opacity: 0.3"><p class="text">Bảo tàng</p></div>',
    "on something dark": STRONG + '<div style="background: #333"><p class="text">Bảo tàng</p></div>',
    "over something else that is dark": STRONG
    + '<div class="box"><div style="position: absolute; inset: 0; background: #333"></div>'
    + '<p class="text" style="position: relative">Bảo tàng</p></div>'
    + '<div class="box"><div style="position: absolute; inset: 0"></div>'
    + '<p class="text" style="position: relative">Thư viện</p></div>',
    "after one that cannot be told": '<p class="weak">x</p><p class="weak">Bảo tàng</p>',
    "after one that is covered": '<div class="box"><p class="weak">Thư viện</p>'
    + '<div style="position: absolute; inset: 0; background: #333"></div></div><p class="weak">Bảo tàng</p>',
    "after one off the page": '<p class="weak" style="margin-left: -9999px">Thư viện</p><p class="weak">Bảo tàng</p>',
    "after one that is disabled": '<label class="weak">Một<input disabled></label>'
    + '<label class="weak">Hai<input></label>',
    "small beside large": '<p class="grey" style="color: #888; font-size: 2rem">Thư viện</p>'
    + '<p class="grey" style="color: #888">Bảo tàng</p>',
    "in a field": STRONG + '<label>Tên <input value="Mai" style="color: #bbb"></label>',
}


@pytest.mark.parametrize("case", WEAK)
def test_weak_text_is_found_wherever_it_stands(chromium, case):
    page = chromium.new_page()
    page.set_content(PAGE.format(WEAK[case]))
    page.evaluate(AXE_SCRIPT)
    alone = page.evaluate("async () => (await axe.run()).violations.map(({ id }) => id)")

    found = accessibility_problems(page)

    assert alone == ["color-contrast"]
    assert [problem.partition(":")[0] for problem in found] == alone
    page.close()


def test_what_has_nothing_to_do_with_contrast_is_found_and_a_good_page_has_nothing(chromium):
    page = chromium.new_page()
    page.set_content(PAGE.format(STRONG))
    assert accessibility_problems(page) == []

    page.set_content(PAGE.format('<img src="data:,"><p class="weak">Bảo tàng</p><p class="weak">Thư viện</p>'))
    assert [problem.partition(":")[0] for problem in accessibility_problems(page)] == ["color-contrast", "image-alt"]
    assert accessibility_problems(page, but=["image-alt", "color-contrast"]) == []
    assert len(accessibility_problems(page, only=["image-alt"])) == 1
    page.close()
