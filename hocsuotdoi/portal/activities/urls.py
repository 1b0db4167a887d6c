from django.urls import path

from hocsuotdoi.portal.activities import push, ratings, views

urlpatterns = [
    path("activities/", views.activity_list, name="activities-activity-list"),
    path("activities/push-worker.js", push.push_worker, name="activities-push-worker"),
    path("activities/push-key/", push.push_key, name="activities-push-key"),
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
    path("activities/sessions/<uuid:pk>/<slug:code>/push/", push.push_subscribe, name="activities-push-subscribe"),
]
