from django.urls import include, path

from hocsuotdoi.portal.activities import (
    calendar,
    changing,
    feeds,
    joining,
    listing,
    near,
    pictures,
    poster,
    push,
    ratings,
    schools,
    tickets,
    views,
)
from hocsuotdoi.portal.activities import map as point_map

# By session and code: the address that a ticket's QR code holds, and what can be done there.
registration = [
    path("", joining.registration_detail, name="activities-registration-detail"),
    path("change/", changing.registration_change, name="activities-registration-change"),
    path("move/", joining.registration_move, name="activities-registration-move"),
    path("accept/", joining.registration_accept, name="activities-registration-accept"),
    path("cancel/", joining.registration_cancel, name="activities-registration-cancel"),
    path("ticket.pdf", tickets.ticket, {"form": "pdf"}, name="activities-ticket-pdf"),
    path("ticket.png", tickets.ticket, {"form": "png"}, name="activities-ticket-png"),
    path("calendar.ics", tickets.registration_calendar, name="activities-registration-calendar"),
    path("push/", push.push_subscribe, name="activities-push-subscribe"),
]

urlpatterns = [
    path("activities/", listing.activity_list, name="activities-activity-list"),
    path("activities/calendar/", calendar.activity_calendar, name="activities-activity-calendar"),
    path("activities/map/", point_map.activity_map, name="activities-activity-map"),
    path("activities/feed.ics", feeds.feed_icalendar, name="activities-feed-icalendar"),
    path("activities/feed.atom", feeds.feed_atom, name="activities-feed-atom"),
    path("activities/near/", near.near_current, name="activities-near-current"),
    path("activities/near/<slug:version>.json", near.near_table, name="activities-near-table"),
    path("h/<slug:code>/", poster.activity_short, name="activities-activity-short"),
    path("activities/<uuid:pk>/poster.pdf", poster.poster_pdf, name="activities-poster-pdf"),
    path("activities/<uuid:pk>/poster.png", poster.poster_png, name="activities-poster-png"),
    path("activities/push-worker.js", push.push_worker, name="activities-push-worker"),
    path("activities/push-key/", push.push_key, name="activities-push-key"),
    path("activities/pictures/<slug:name>/<int:width>.webp", pictures.picture, name="activities-picture-show"),
    path("activities/<uuid:pk>/", views.activity_detail, name="activities-activity-detail"),
    path("activities/class-list.xlsx", tickets.class_list_template, name="activities-class-list"),
    path("activities/<uuid:pk>/join/", joining.registration_create, name="activities-registration-create"),
    path("activities/<uuid:pk>/join/class/", joining.class_create, name="activities-class-create"),
    path("activities/<uuid:pk>/find/", joining.registration_find, name="activities-registration-find"),
    path("activities/<uuid:pk>/series/<slug:code>/", joining.enrolment_detail, name="activities-enrolment-detail"),
    path(
        "activities/<uuid:pk>/series/<slug:code>/change/", changing.enrolment_change, name="activities-enrolment-change"
    ),
    path("activities/<uuid:pk>/series/<slug:code>/leave/", joining.enrolment_leave, name="activities-enrolment-leave"),
    path(
        "activities/<uuid:pk>/series/<slug:code>/calendar.ics",
        tickets.enrolment_calendar,
        name="activities-enrolment-calendar",
    ),
    path("activities/sessions/<uuid:pk>/", views.session_sheet, name="activities-session-sheet"),
    path("activities/sessions/<uuid:pk>/rate/", ratings.rating_create, name="activities-rating-create"),
    path("activities/sessions/<uuid:pk>/rate/<uuid:key>/", ratings.rating_detail, name="activities-rating-detail"),
    path("activities/sessions/<uuid:pk>/<slug:code>/", include(registration)),
    path("schools/", schools.programme_list, name="activities-programme-list"),
    path("schools/<uuid:pk>/", schools.programme_detail, name="activities-programme-detail"),
    path("schools/<uuid:pk>/book/", schools.booking_create, name="activities-booking-create"),
    path("schools/<uuid:pk>/find/", schools.booking_find, name="activities-booking-find"),
    path("schools/visits/<uuid:pk>/<slug:code>/", schools.booking_detail, name="activities-booking-detail"),
    path("schools/visits/<uuid:pk>/<slug:code>/edit/", schools.booking_edit, name="activities-booking-edit"),
    path(
        "schools/visits/<uuid:pk>/<slug:code>/withdraw/", schools.booking_withdraw, name="activities-booking-withdraw"
    ),
    path(
        "schools/visits/<uuid:pk>/<slug:code>/agreement.pdf",
        schools.booking_agreement,
        name="activities-booking-agreement",
    ),
    path("schools/visits/<uuid:pk>/<slug:code>/report.pdf", schools.booking_report, name="activities-booking-report"),
]
