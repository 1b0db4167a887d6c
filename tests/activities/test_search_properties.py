"""Laws of the search, asked of the database's own vector."""

import unicodedata

import pytest
from django.contrib.postgres.search import SearchQuery
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hocsuotdoi.activities.models import Activity
from hocsuotdoi.core.vietnamese import exact_expression, fold, normalise, search_expression, search_text
from tests.core.test_vietnamese import titles, words
from tests.support.depth import cases

pytestmark = pytest.mark.slow

LAW = settings(
    max_examples=cases(60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def finds(activity: Activity, typed: str, expression=search_expression) -> bool:
    query = SearchQuery(expression(typed), config="simple", search_type="raw")
    return Activity.objects.filter(pk=activity.pk, search_vector=query).exists()


def titled(activity: Activity, title: str) -> Activity:
    Activity.objects.filter(pk=activity.pk).update(search_text=search_text(title))
    return activity


@LAW
@given(title=titles, data=st.data())
def test_a_text_is_found_by_each_of_its_words_with_or_without_marks(reading_day, title, data):
    activity = titled(reading_day, title)
    word = data.draw(st.sampled_from(title.split()))

    assert finds(activity, word)
    assert finds(activity, fold(word))
    assert finds(activity, unicodedata.normalize("NFD", word))
    assert finds(activity, title)
    assert finds(activity, title[: data.draw(st.integers(1, len(title)))].strip())


@LAW
@given(title=titles, other=words)
def test_a_word_with_other_marks_never_finds_it(reading_day, title, other):
    typed = normalise(other).lower()
    if fold(typed) == typed:
        return
    activity = titled(reading_day, title)

    assert finds(activity, typed) == any(word.startswith(typed) for word in normalise(title).lower().split())


@LAW
@given(title=titles)
def test_what_is_found_as_typed_is_found_at_all(reading_day, title):
    activity = titled(reading_day, title)
    typed = fold(title)

    assert finds(activity, typed)
    if finds(activity, typed, exact_expression):
        assert all(word in normalise(title).lower().split() for word in typed.split()[:-1])


@LAW
@given(typed=st.text(max_size=60))
def test_whatever_is_typed_the_database_takes_it(reading_day, typed):
    finds(reading_day, typed) if search_expression(typed) else None


@pytest.mark.parametrize("text", ["10h30", "3D", "STEM", "covid-19", "1e5", "tp.hcm", "5.0", "0x1f", "a_b", "2026/11"])
def test_words_with_figures_are_found_as_they_are_written(reading_day, text):
    activity = titled(reading_day, f"Lớp {text} mới")

    assert finds(activity, text)
    assert finds(activity, f"lop {text.lower()}")
