from django.urls import path

from hocsuotdoi.portal.activities import calendar, feeds, listing, near, poster, ratings, views
from hocsuotdoi.portal.activities import map as point_map

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
    path("activities/<uuid:pk>/", views.activity_detail, name="activities-activity-detail"),
    path("activities/<uuid:pk>/join/", views.registration_create, name="activities-registration-create"),
    path("activities/<uuid:pk>/find/", views.registration_find, name="activities-registration-find"),
    path("activities/sessions/<uuid:pk>/", views.session_sheet, name="activities-session-sheet"),
    path("activities/sessions/<uuid:pk>/rate/", ratings.rating_create, name="activities-rating-create"),
    path("activities/sessions/<uuid:pk>/rate/<uuid:key>/", ratings.rating_detail, name="activities-rating-detail"),
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
]
