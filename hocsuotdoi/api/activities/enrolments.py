"""A whole series: joining, changing and leaving it with a code, its members for the staff."""

import uuid

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_noop as _
from ninja import Query, Status

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.accounts.surfaces import public, require, requires
from hocsuotdoi.activities.models import Activity, Enrolment
from hocsuotdoi.activities.operations.enrolment import change_enrolment, enrol, leave
from hocsuotdoi.activities.queries.joining import members_of, people_of, with_registrations
from hocsuotdoi.api.activities.found import acting, activity_of, member_of
from hocsuotdoi.api.activities.parties import IdempotencyKey, NewParty, PartyChange, key_of, plain_code
from hocsuotdoi.api.activities.schemas_joining import ChangedEnrolment, ChangedMember, EnrolmentShape, Member
from hocsuotdoi.api.routing import ApiRouter, personal
from hocsuotdoi.api.shapes import Asked, Listed, listed

router = ApiRouter("activities", tag=_("Series and clubs"))


@router.post(
    "/offers/{uuid:pk}/enrolments",
    response={201: EnrolmentShape, 200: EnrolmentShape},
    summary=_("Join a whole series"),
    description=_(
        "Registers for each session to come, also for those that are added later; where it is full, on the waiting "
        "list if there is one. The same key again answers with the first enrolment (200). Keep the code."
    ),
)
@public
@personal
def enrolment_create(request: HttpRequest, pk: uuid.UUID, given: NewParty, idempotency_key: IdempotencyKey) -> Status:
    now = timezone.now()
    activity = get_object_or_404(Activity.objects.visible_to(request.user), pk=pk)
    enrolment = enrol(
        activity,
        form_key=key_of(given.form_key, idempotency_key),
        at=now,
        learner_key=request.user.learner_key if request.user.is_authenticated else None,
        **given.who(activity),
    )
    return Status(201 if enrolment.created_at == now else 200, _shown(pk, enrolment.code))


@router.get(
    "/offers/{uuid:pk}/enrolments/{slug:code}",
    response=EnrolmentShape,
    summary=_("Look up an enrolment"),
    description=_("Who holds activity and code may see it, with its registration for each session."),
)
@public
@personal
def enrolment_detail(request: HttpRequest, pk: uuid.UUID, code: str) -> EnrolmentShape:
    return _shown(pk, code)


@router.patch(
    "/offers/{uuid:pk}/enrolments/{slug:code}",
    response=ChangedEnrolment,
    summary=_("Change an enrolment"),
    description=_(
        "Once for all sessions to come, or for none of them if one cannot take it: new values in the fields that you "
        "send. With people or answers, send all of them. What has been stays as it was."
    ),
)
@public
@personal
def enrolment_edit(request: HttpRequest, pk: uuid.UUID, code: str, given: PartyChange) -> ChangedEnrolment:
    enrolment = _enrolment(pk, code)
    changed = change_enrolment(enrolment, at=timezone.now(), **given.wanted(enrolment.activity))
    return ChangedEnrolment.after(_shown(pk, code), changed.kept)


@router.post(
    "/offers/{uuid:pk}/enrolments/{slug:code}/leave",
    response=EnrolmentShape,
    summary=_("Leave a series"),
    description=_("What has been stays; places at sessions to come are given back. Leaving again changes nothing."),
)
@public
@personal
def enrolment_leave(request: HttpRequest, pk: uuid.UUID, code: str) -> EnrolmentShape:
    leave(_enrolment(pk, code), at=timezone.now())
    return _shown(pk, code)


@router.get(
    "/offers/{uuid:pk}/members",
    response=Listed[Member],
    summary=_("Members of a series"),
    description=_("With names and phones; those who are still in it first."),
)
@requires(Permission.VIEW_PARTICIPANTS)
def member_list(request: HttpRequest, pk: uuid.UUID, asked: Query[Asked]) -> Listed:
    return listed(members_of(activity_of(request, pk, Permission.VIEW_PARTICIPANTS)), asked, Member.of)


@router.post(
    "/offers/{uuid:pk}/members",
    response={201: Member, 200: Member},
    summary=_("Add a member"),
    description=_("On behalf of somebody, also outside the time for joining. The same key again adds nobody (200)."),
)
@requires(Permission.EDIT_ACTIVITY)
def member_create(request: HttpRequest, pk: uuid.UUID, given: NewParty, idempotency_key: IdempotencyKey) -> Status:
    now = timezone.now()
    activity = activity_of(request, pk, Permission.EDIT_ACTIVITY)
    key = key_of(given.form_key, idempotency_key)
    enrolment = enrol(activity, form_key=key, by=request.user, at=now, **given.who(activity))
    return Status(201 if enrolment.created_at == now else 200, Member.of(enrolment))


@router.patch(
    "/members/{uuid:pk}",
    response=ChangedMember,
    summary=_("Change for a member"),
    description=_(
        "Once for all sessions to come, on behalf of the member, also once joining is closed. With people or answers, "
        "send all of them. Sessions at which they are already marked present stay as they are."
    ),
)
@requires(Permission.EDIT_ACTIVITY)
def member_edit(request: HttpRequest, pk: uuid.UUID, given: PartyChange) -> ChangedMember:
    member = member_of(request, pk)
    require(request.user, Permission.VIEW_PARTICIPANTS, member.activity)
    changed = change_enrolment(member, **given.wanted(member.activity), **acting(request))
    return ChangedMember.after(changed.enrolment, people_of(changed.enrolment), changed.kept)


@router.post(
    "/members/{uuid:pk}/leave",
    response=Member,
    summary=_("Take a member off"),
    description=_("On behalf of the member. What was attended stays."),
)
@requires(Permission.EDIT_ACTIVITY)
def member_leave(request: HttpRequest, pk: uuid.UUID) -> Member:
    return Member.of(leave(member_of(request, pk), **acting(request)))


def _enrolment(pk: uuid.UUID, code: str) -> Enrolment:
    found = Enrolment.objects.select_related("activity__institution")
    return get_object_or_404(with_registrations(found), activity=pk, code=plain_code(code))


def _shown(pk: uuid.UUID, code: str) -> EnrolmentShape:
    enrolment = _enrolment(pk, code)
    return EnrolmentShape.loaded(enrolment, people_of(enrolment))
