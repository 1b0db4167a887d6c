"""Rows of figures that say other than the frozen content are found."""

from hocsuotdoi.reporting.doctor import frozen_reports
from hocsuotdoi.reporting.models import Figure
from tests.factories.places import AgencyFactory
from tests.factories.running import make_cycle, make_report, make_snapshot


def test_rows_that_say_what_the_content_says_are_sound_and_others_are_named(db):
    report = make_report(make_cycle(), AgencyFactory())
    told = {"key": "measure:loan:2026", "value_state": "value", "numerator": "3", "denominator": None}
    content = {"shape": 2, "figures": [told]}
    sound = make_snapshot(report, content=content)
    Figure.objects.create(snapshot=sound, key=told["key"], value_state="value", numerator=3)
    make_snapshot(report, content={"shape": 1})
    assert frozen_reports() == []
    other = make_snapshot(report, content=content)
    Figure.objects.create(snapshot=other, key=told["key"], value_state="value", numerator=4)
    bare = make_snapshot(report, content=content)
    messages = " ".join(str(finding.message) for finding in frozen_reports())
    assert other.number in messages and bare.number in messages and sound.number not in messages
