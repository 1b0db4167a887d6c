import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

TO_COME = {"reason": "Nghỉ Tết"}


@pytest.fixture
def days():
    today = timezone.localdate()
    return {"starts_on": today + dt.timedelta(days=3), "last_day": today + dt.timedelta(days=5)}


def page(institution):
    return reverse("workspace:places-closure-list", args=[institution.code])


def test_days_closed_are_entered_shown_to_everybody_and_taken_back(
    client, library_of_bac_kan, manager_of_bac_kan, days
):
    library_of_bac_kan.opening_hours.create(weekday=0, opens_at="08:00", closes_at="11:00")
    client.force_login(manager_of_bac_kan)
    client.post(page(library_of_bac_kan), {**days, **TO_COME})

    closure = library_of_bac_kan.closures.get()
    assert closure.last_day == days["last_day"]
    public = client.get(reverse("portal:places-institution-detail", args=[library_of_bac_kan.code]))
    assert "Nghỉ Tết" in public.content.decode()

    client.post(reverse("workspace:places-closure-remove", args=[library_of_bac_kan.code, closure.pk]))
    assert not library_of_bac_kan.closures.exists()


def test_days_that_make_no_sense_are_refused(client, library_of_bac_kan, manager_of_bac_kan, days):
    client.force_login(manager_of_bac_kan)

    for data in ({**days}, {**days, **TO_COME, "last_day": days["starts_on"] - dt.timedelta(days=1)}):
        assert client.post(page(library_of_bac_kan), data).status_code == 422
    assert not library_of_bac_kan.closures.exists()


def test_days_closed_are_refused_to_others(
    client, library_of_bac_kan, library_of_duc_xuan, manager_of_bac_kan, librarian_of_bac_kan, auditor, days
):
    for person, institution in (
        (librarian_of_bac_kan, library_of_bac_kan),
        (auditor, library_of_bac_kan),
        (manager_of_bac_kan, library_of_duc_xuan),
    ):
        client.force_login(person)
        assert client.get(page(institution)).status_code == 403
        assert client.post(page(institution), {**days, **TO_COME}).status_code == 403
        assert not institution.closures.exists()


def test_closure_of_another_institution_is_not_found(
    client, library_of_bac_kan, library_of_duc_xuan, manager_of_bac_kan, days
):
    other = library_of_duc_xuan.closures.create(starts_on=days["starts_on"], ends_on=days["last_day"], reason="Kiểm kê")
    client.force_login(manager_of_bac_kan)

    url = reverse("workspace:places-closure-remove", args=[library_of_bac_kan.code, other.pk])
    assert client.post(url).status_code == 404
    assert library_of_duc_xuan.closures.exists()
