import uuid

from hocsuotdoi.ledger.registry import describe_sources


def test_session_behind_an_entry_is_told_in_words(morning, django_assert_num_queries):
    with django_assert_num_queries(1):
        told = describe_sources([("activities.session", morning.pk), ("activities.session", uuid.uuid4())])

    assert set(told) == {("activities.session", morning.pk)}
    description = told["activities.session", morning.pk]
    assert description.title == "Ngày hội đọc sách"
    assert description.detail == "8:00 ngày 23/11/2026, Thư viện phường Bắc Kạn"
