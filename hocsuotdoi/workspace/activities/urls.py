from django.urls import path

from hocsuotdoi.workspace.activities import activity, clubs, copying, registrations, roll, series, session

urlpatterns = [
    path("activities/", activity.activity_list, name="activities-activity-list"),
    path("activities/new/", activity.activity_create, name="activities-activity-create"),
    path("activities/clubs/", clubs.club_list, name="activities-club-list"),
    path("activities/<uuid:pk>/", activity.activity_detail, name="activities-activity-detail"),
    path("activities/<uuid:pk>/edit/", activity.activity_edit, name="activities-activity-edit"),
    path("activities/<uuid:pk>/publish/", activity.activity_publish, name="activities-activity-publish"),
    path("activities/<uuid:pk>/publish-at/", activity.activity_plan, name="activities-activity-plan"),
    path("activities/<uuid:pk>/copy/", copying.activity_copy, name="activities-activity-copy"),
    path("activities/<uuid:pk>/series/new/", series.schedule_create, name="activities-schedule-create"),
    path("activities/series/<uuid:pk>/edit/", series.schedule_edit, name="activities-schedule-edit"),
    path("activities/series/<uuid:pk>/extend/", series.schedule_extend, name="activities-schedule-extend"),
    path("activities/<uuid:pk>/cancel/", activity.activity_cancel, name="activities-activity-cancel"),
    path("activities/<uuid:pk>/sessions/new/", session.session_create, name="activities-session-create"),
    path("activities/sessions/<uuid:pk>/edit/", session.session_edit, name="activities-session-edit"),
    path("activities/sessions/<uuid:pk>/cancel/", session.session_cancel, name="activities-session-cancel"),
    path("activities/sessions/<uuid:pk>/roll/", roll.session_roll, name="activities-session-roll"),
    path("activities/sessions/<uuid:pk>/close/", roll.session_close, name="activities-session-close"),
    path("activities/sessions/<uuid:pk>/correct/", roll.session_correct, name="activities-session-correct"),
    path("activities/sessions/<uuid:pk>/note/", roll.session_note, name="activities-session-note"),
    path("activities/sessions/<uuid:pk>/sheet/", roll.session_sheet, name="activities-session-sheet"),
    path(
        "activities/sessions/<uuid:pk>/registrations/",
        registrations.registration_list,
        name="activities-registration-list",
    ),
    path(
        "activities/sessions/<uuid:pk>/registrations/new/",
        registrations.registration_create,
        name="activities-registration-create",
    ),
    path(
        "activities/registrations/<uuid:pk>/place/",
        registrations.registration_place,
        name="activities-registration-place",
    ),
    path(
        "activities/registrations/<uuid:pk>/cancel/",
        registrations.registration_cancel,
        name="activities-registration-cancel",
    ),
    path("activities/<uuid:pk>/members/", registrations.enrolment_list, name="activities-enrolment-list"),
    path("activities/<uuid:pk>/members/new/", registrations.enrolment_create, name="activities-enrolment-create"),
    path("activities/members/<uuid:pk>/leave/", registrations.enrolment_leave, name="activities-enrolment-leave"),
]
