from django.urls import path

from hocsuotdoi.workspace.activities import activity, notices, roll, session

urlpatterns = [
    path("activities/", activity.activity_list, name="activities-activity-list"),
    path("activities/new/", activity.activity_create, name="activities-activity-create"),
    path("activities/notices/", notices.notice_list, name="activities-notice-list"),
    path("activities/notices/sheet/", notices.notice_sheet, name="activities-notice-sheet"),
    path("activities/notices/<uuid:pk>/told/", notices.notice_tell, name="activities-notice-tell"),
    path("activities/<uuid:pk>/", activity.activity_detail, name="activities-activity-detail"),
    path("activities/<uuid:pk>/edit/", activity.activity_edit, name="activities-activity-edit"),
    path("activities/<uuid:pk>/publish/", activity.activity_publish, name="activities-activity-publish"),
    path("activities/<uuid:pk>/cancel/", activity.activity_cancel, name="activities-activity-cancel"),
    path("activities/<uuid:pk>/sessions/new/", session.session_create, name="activities-session-create"),
    path("activities/sessions/<uuid:pk>/edit/", session.session_edit, name="activities-session-edit"),
    path("activities/sessions/<uuid:pk>/cancel/", session.session_cancel, name="activities-session-cancel"),
    path("activities/sessions/<uuid:pk>/roll/", roll.session_roll, name="activities-session-roll"),
    path("activities/sessions/<uuid:pk>/close/", roll.session_close, name="activities-session-close"),
    path("activities/sessions/<uuid:pk>/correct/", roll.session_correct, name="activities-session-correct"),
    path("activities/sessions/<uuid:pk>/note/", roll.session_note, name="activities-session-note"),
    path("activities/sessions/<uuid:pk>/sheet/", roll.session_sheet, name="activities-session-sheet"),
]
