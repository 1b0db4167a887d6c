"""Addresses looked up once are those that Django would write."""

import pytest
from django.urls import NoReverseMatch, reverse, set_script_prefix
from hypothesis import given
from hypothesis import strategies as st

from hocsuotdoi.core.addresses import address

SLUG = st.text(alphabet="abcxyz019-_", min_size=1, max_size=20)


@given(st.uuids(), st.uuids(), SLUG)
def test_address_is_what_django_writes(first, second, slug):
    for name, args in (
        ("portal:about", []),
        ("portal:activities-activity-detail", [first]),
        ("portal:activities-activity-detail", [second]),
        ("portal:activities-registration-detail", [first, "K7MR3QXD"]),
        ("portal:places-institution-detail", [slug]),
    ):
        assert address(name, *args) == reverse(name, args=args)


def test_address_keeps_to_the_folder_that_the_program_is_served_from():
    assert address("portal:about") == "/about/"
    set_script_prefix("/hoc/")
    try:
        assert address("portal:about") == "/hoc/about/"
    finally:
        set_script_prefix("/")
    assert address("portal:about") == "/about/"


def test_address_of_an_unknown_page_is_an_error():
    with pytest.raises(NoReverseMatch):
        address("portal:nowhere")
