"""The worker shows what is sent, in a real browser; the service between is stood in for by the browser's own tools."""

import json
import uuid

import pytest

from hocsuotdoi.activities.models import PushSubscription
from tests.factories.accounts import place
from tests.factories.activities import ActivityFactory, RegistrationFactory, SessionFactory
from tests.support.browser import watch_for_errors
from tests.support.fake_push import FakeBrowser

pytestmark = [pytest.mark.slow, pytest.mark.whole_browser]

# The browser would ask its maker's service for an address; this is what that answers.
ANSWER = """
const said = %s;
PushManager.prototype.getSubscription = async () => null;
PushManager.prototype.subscribe = async (options) => {
  if (!options.userVisibleOnly || options.applicationServerKey.length !== 65) throw new Error("key");
  return { toJSON: () => said };
};
"""


@pytest.fixture
def mai(live_program):
    import datetime as dt

    from django.utils import timezone

    from hocsuotdoi.places.models import AdminUnit, Institution

    institution = Institution.objects.create(
        code=f"thu-{uuid.uuid4().hex[:8]}", name="Thư viện thử", sort_key="thu", institution_class="library_commune"
    )
    place(institution, AdminUnit.objects.get(code="01843", ends_on=None))
    starts_at = timezone.now() + dt.timedelta(days=1)
    session = SessionFactory(activity=ActivityFactory(institution=institution), starts_at=starts_at)
    return RegistrationFactory(session=session, code="ACDEFGHK")


def test_person_asks_to_be_told_and_the_message_is_shown(visitor, live_program, mai, accessibility):
    context = visitor()
    context.grant_permissions(["notifications"], origin=live_program.url)
    subscription = {"endpoint": "https://web.push.apple.com/1", "keys": FakeBrowser().keys}
    context.add_init_script(ANSWER % json.dumps(subscription))
    page = context.new_page()
    errors = watch_for_errors(page)
    page.goto(f"/activities/sessions/{mai.session_id}/{mai.code}/")

    page.get_by_role("button", name="Báo cho tôi trên máy này").click()
    page.get_by_text("Có thay đổi, máy này sẽ báo cho bạn.").wait_for()

    assert PushSubscription.objects.get(registration=mai).endpoint == "https://web.push.apple.com/1"
    assert accessibility(page) == []
    scope = page.evaluate("navigator.serviceWorker.getRegistration('/activities/').then((each) => each.scope)")
    assert scope == f"{live_program.url}/activities/"
    assert page.evaluate("navigator.serviceWorker.getRegistration('/roll/').then((each) => each === undefined)")
    assert errors == []
