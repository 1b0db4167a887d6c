import json

import pytest

from hocsuotdoi.reporting.formats.canonical import canonical_json, digest_of
from tests.factories.reporting import hand_made_content


def test_digest_does_not_depend_on_the_order_of_keys():
    assert digest_of({"b": 1, "a": ["Bắc Kạn"]}) == digest_of({"a": ["Bắc Kạn"], "b": 1})


def test_digest_changes_with_one_figure():
    assert digest_of(hand_made_content()) != digest_of(hand_made_content(year=2025))


def test_digest_survives_being_written_and_read():
    content = hand_made_content()
    assert digest_of(json.loads(canonical_json(content))) == digest_of(content)


def test_float_in_a_content_is_refused():
    with pytest.raises(TypeError):
        canonical_json({"share": [{"value": 0.1}]})
