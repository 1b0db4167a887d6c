"""Declarations are read from functions and classes alike; the gate keeps to them."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.http import HttpResponse
from django.views import View

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import PUBLIC, SIGNED_IN, declared, public, require, requires, signed_in
from hocsuotdoi.config.gate import Gate


def _view(request):
    return HttpResponse("nội dung")


class _ClassView(View):
    def get(self, request):
        return HttpResponse("nội dung")


def test_declaration_is_read_from_functions_classes_and_their_views():
    assert declared(public(lambda request: None)) is PUBLIC
    assert declared(signed_in(lambda request: None)) is SIGNED_IN
    assert declared(requires(Permission.CALL_ROLL)(_ClassView.as_view())) is Permission.CALL_ROLL
    by_hand = type("ByHand", (_ClassView,), {"permission": Permission.EDIT_PLAN})
    assert declared(by_hand.as_view()) is Permission.EDIT_PLAN
    decorated = requires(Permission.EDIT_PLAN)(type("Decorated", (_ClassView,), {}))
    assert declared(decorated.as_view()) is Permission.EDIT_PLAN
    assert declared(_ClassView.as_view()) is None


def _pass(rf, person, view, **headers):
    request = rf.get("/workspace/thu/?a=1", **headers)
    request.user = person
    gate = Gate(lambda request: HttpResponse())
    gate(request)
    return gate.process_view(request, view, (), {})


def test_gate_fails_on_a_view_of_ours_that_declares_nothing(rf, reader):
    _view.__module__ = "hocsuotdoi.workspace.somewhere"
    with pytest.raises(ImproperlyConfigured):
        _pass(rf, reader, _view)


def test_gate_leaves_views_of_others_alone(rf, reader):
    _view.__module__ = "allauth.account.views"
    assert _pass(rf, reader, _view) is None


def test_gate_lets_holders_in_and_refuses_others(rf, librarian_of_bac_kan, reader):
    view = requires(Permission.CALL_ROLL)(lambda request: None)
    assert _pass(rf, librarian_of_bac_kan, view) is None
    with pytest.raises(PermissionDenied):
        _pass(rf, reader, view)


def test_gate_sends_strangers_to_sign_in_and_back(rf):
    view = signed_in(lambda request: None)
    answer = _pass(rf, AnonymousUser(), view)
    assert answer.url == "/accounts/login/?next=/workspace/thu/%3Fa%3D1"


def test_gate_asks_nothing_of_the_database_on_a_public_page(rf, reader, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert _pass(rf, reader, public(lambda request: None)) is None


def test_require_refuses_at_another_thing(librarian_of_bac_kan, library_of_bac_kan, library_of_duc_xuan):
    require(librarian_of_bac_kan, Permission.CALL_ROLL, library_of_bac_kan)
    with pytest.raises(PermissionDenied):
        require(librarian_of_bac_kan, Permission.CALL_ROLL, library_of_duc_xuan)
