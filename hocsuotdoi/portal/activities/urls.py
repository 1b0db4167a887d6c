from django.urls import path

from hocsuotdoi.portal.activities import schools, views

urlpatterns = [
    path("activities/", views.activity_list, name="activities-activity-list"),
    path("activities/<uuid:pk>/", views.activity_detail, name="activities-activity-detail"),
    path("activities/<uuid:pk>/join/", views.registration_create, name="activities-registration-create"),
    path("activities/<uuid:pk>/find/", views.registration_find, name="activities-registration-find"),
    path("activities/sessions/<uuid:pk>/", views.session_sheet, name="activities-session-sheet"),
    path(
        "activities/sessions/<uuid:pk>/<slug:code>/",
        views.registration_detail,
        name="activities-registration-detail",
    ),
    path(
        "activities/sessions/<uuid:pk>/<slug:code>/cancel/",
        views.registration_cancel,
        name="activities-registration-cancel",
    ),
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
