import datetime as dt
import hashlib

import pytest
from django.db import IntegrityError
from django.utils import translation

from hocsuotdoi.accounts.models import Device, DeviceInvitation
from hocsuotdoi.accounts.operations.devices import (
    DeviceUnknown,
    EnrolmentRefused,
    InvitationRefused,
    RevocationRefused,
    enrol_device,
    invite_device,
    recognise_device,
    revoke_device,
)
from hocsuotdoi.accounts.queries.devices import devices_of
from tests.support.phone import enrolled


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


def invited(library, manager, now, **more):
    return invite_device(library, **{"name": "Điện thoại chị Lan", "days": 30, **more}, by=manager, at=now)


def test_invitation_keeps_only_the_hash_of_its_code(library_of_bac_kan, manager_of_bac_kan, now):
    invitation, code = invited(library_of_bac_kan, manager_of_bac_kan, now)

    assert len(code) == 11
    assert invitation.code_hash == hashlib.sha256(code.replace("-", "").encode()).hexdigest()
    assert (invitation.made_by, invitation.made_at) == (manager_of_bac_kan, now)
    assert invitation.expires_at == now + dt.timedelta(minutes=15)


@pytest.mark.parametrize("more", [{"name": " "}, {"name": "a" * 81}, {"days": 0}, {"days": 181}])
def test_invitation_of_nobody_or_for_too_long_is_refused(library_of_bac_kan, manager_of_bac_kan, now, more):
    with pytest.raises(InvitationRefused):
        invited(library_of_bac_kan, manager_of_bac_kan, now, **more)
    assert DeviceInvitation.objects.count() == 0


def test_code_typed_in_small_letters_enrols_a_device(library_of_bac_kan, manager_of_bac_kan, now):
    invitation, code = invited(library_of_bac_kan, manager_of_bac_kan, now, days=7)

    device, token = enrol_device(f" {code.lower()} ", at=now)

    invitation.refresh_from_db()
    assert (invitation.used_at, invitation.device) == (now, device)
    assert (device.institution, device.enrolled_by) == (library_of_bac_kan, manager_of_bac_kan)
    assert device.expires_at == now + dt.timedelta(days=7)
    assert device.token_hash == hashlib.sha256(token.encode()).hexdigest()
    assert recognise_device(token, at=now) == device


def test_code_enrols_once(library_of_bac_kan, manager_of_bac_kan, now):
    _invitation, code = invited(library_of_bac_kan, manager_of_bac_kan, now)
    enrol_device(code, at=now)

    with pytest.raises(EnrolmentRefused, match="already"):
        enrol_device(code, at=now)
    assert Device.objects.count() == 1


def test_code_runs_out_after_a_quarter_of_an_hour(library_of_bac_kan, manager_of_bac_kan, now):
    _invitation, code = invited(library_of_bac_kan, manager_of_bac_kan, now)

    with pytest.raises(EnrolmentRefused, match="15 minutes"):
        enrol_device(code, at=now + dt.timedelta(minutes=15))


def test_code_of_someone_whose_account_is_closed_enrols_nothing(library_of_bac_kan, manager_of_bac_kan, now):
    _invitation, code = invited(library_of_bac_kan, manager_of_bac_kan, now)
    manager_of_bac_kan.is_active = False
    manager_of_bac_kan.save()

    with pytest.raises(EnrolmentRefused):
        enrol_device(code, at=now)


@pytest.mark.parametrize("code", ["", "AAAAA-AAAAA", "'; --", "\ud800"])
def test_unknown_code_is_refused(db, now, code):
    with pytest.raises(EnrolmentRefused, match="no such code"):
        enrol_device(code, at=now)


@pytest.mark.parametrize("token", ["", "nothing", "đ"])
def test_unknown_token_is_refused(db, now, token):
    with pytest.raises(DeviceUnknown, match="not enrolled"):
        recognise_device(token, at=now)


def test_revoked_device_is_not_recognised(library_of_bac_kan, manager_of_bac_kan, now):
    device, token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=now)

    revoked = revoke_device(device, by=manager_of_bac_kan, at=now)

    assert (revoked.revoked_at, revoked.revoked_by) == (now, manager_of_bac_kan)
    with pytest.raises(DeviceUnknown, match="revoked"):
        recognise_device(token, at=now)
    with pytest.raises(RevocationRefused):
        revoke_device(device, by=manager_of_bac_kan, at=now)


def test_device_that_has_run_out_is_not_recognised(library_of_bac_kan, manager_of_bac_kan, now):
    _device, token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=now, days=1)

    with pytest.raises(DeviceUnknown, match="run out"):
        recognise_device(token, at=now + dt.timedelta(days=1))


def test_device_of_a_closed_account_is_not_recognised(library_of_bac_kan, manager_of_bac_kan, now):
    _device, token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=now)
    manager_of_bac_kan.is_active = False
    manager_of_bac_kan.save()

    with pytest.raises(DeviceUnknown, match="account"):
        recognise_device(token, at=now)


def test_when_a_device_was_seen_is_noted_at_most_each_minute(library_of_bac_kan, manager_of_bac_kan, now):
    device, token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=now)

    recognise_device(token, at=now + dt.timedelta(seconds=59))
    device.refresh_from_db()
    assert device.last_seen_at == now
    recognise_device(token, at=now + dt.timedelta(seconds=60))
    device.refresh_from_db()
    assert device.last_seen_at == now + dt.timedelta(seconds=60)


def test_devices_are_listed_for_those_who_may_enrol_there(
    library_of_bac_kan, manager_of_bac_kan, librarian_of_bac_kan, officer_of_bac_kan, librarian_of_duc_xuan, now
):
    device, _token = enrolled(library_of_bac_kan, by=manager_of_bac_kan, at=now)

    listed = {
        str(person): list(devices_of(person, at=now))
        for person in (manager_of_bac_kan, officer_of_bac_kan, librarian_of_bac_kan, librarian_of_duc_xuan)
    }
    assert list(listed.values()) == [[device], [device], [], []]


def test_invitation_is_used_by_a_device(library_of_bac_kan, manager_of_bac_kan, now):
    invited(library_of_bac_kan, manager_of_bac_kan, now)
    with pytest.raises(IntegrityError):
        DeviceInvitation.objects.update(used_at=now)
