"""Where people land after sign-in, and in which language the program speaks to them."""

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from hocsuotdoi.accounts.queries.scope import permissions_anywhere
from hocsuotdoi.accounts.rules import holds_switched_role


class AccountAdapter(DefaultAccountAdapter):
    def get_login_redirect_url(self, request) -> str:
        """Staff to the workspace, everybody else to the portal (the sign-in library follows `?next=` first)."""
        return reverse("workspace:home") if is_staff(request.user) else "/"

    def get_signup_redirect_url(self, request) -> str:
        return self.get_login_redirect_url(request)

    def post_login(self, request, user, **kwargs):
        response = super().post_login(request, user, **kwargs)
        remember_language(response, user.language)
        return response


def is_staff(person) -> bool:
    """Has the person anything to do in the workspace (an administrator at rest may switch powers on there)?"""
    return bool(permissions_anywhere(person)) or holds_switched_role(person, timezone.localdate())


def remember_language(response, language: str) -> None:
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
