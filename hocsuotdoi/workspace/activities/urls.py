from django.urls import path

from hocsuotdoi.workspace.activities import activity, bookings, roll, session

urlpatterns = [
    path("activities/", activity.activity_list, name="activities-activity-list"),
    path("activities/new/", activity.activity_create, name="activities-activity-create"),
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
    path("activities/sessions/<uuid:pk>/sheet/", roll.session_sheet, name="activities-session-sheet"),
    path("activities/<uuid:pk>/schools/", bookings.programme_edit, name="activities-programme-edit"),
    path("bookings/", bookings.booking_list, name="activities-booking-list"),
    path("bookings/<uuid:pk>/", bookings.booking_detail, name="activities-booking-detail"),
    path("bookings/<uuid:pk>/confirm/", bookings.booking_confirm, name="activities-booking-confirm"),
    path("bookings/<uuid:pk>/ask/", bookings.booking_ask, name="activities-booking-ask"),
    path("bookings/<uuid:pk>/decline/", bookings.booking_decline, name="activities-booking-decline"),
    path("bookings/<uuid:pk>/agreement/", bookings.booking_agree, name="activities-booking-agree"),
    path("bookings/<uuid:pk>/headcount/", bookings.booking_count, name="activities-booking-count"),
    path("bookings/<uuid:pk>/report/", bookings.booking_report, name="activities-booking-report"),
    path("bookings/<uuid:pk>/agreement.pdf", bookings.agreement_sheet, name="activities-booking-agreement-sheet"),
    path("bookings/<uuid:pk>/report.pdf", bookings.report_sheet, name="activities-booking-report-sheet"),
]
