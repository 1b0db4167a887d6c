from django.urls import path

from hocsuotdoi.workspace.places import closures, holidays, views

urlpatterns = [
    path("institutions/", views.institution_list, name="places-institution-list"),
    path("institutions/<slug:code>/", views.institution_detail, name="places-institution-detail"),
    path("institutions/<slug:code>/entry/", views.institution_edit, name="places-institution-edit"),
    path("institutions/<slug:code>/hours/", views.hours_edit, name="places-hours-edit"),
    path("institutions/<slug:code>/closures/", closures.closure_list, name="places-closure-list"),
    path("institutions/<slug:code>/closures/<int:pk>/remove/", closures.closure_remove, name="places-closure-remove"),
    path("institutions/<slug:code>/holidays/", holidays.holiday_answer, name="places-holiday-answer"),
    path("holidays/", holidays.holiday_list, name="places-holiday-list"),
    path("holidays/<int:pk>/withdraw/", holidays.decision_withdraw, name="places-holiday-withdraw"),
    path("institutions/<slug:code>/rooms/", views.room_list_edit, name="places-room-edit"),
    path("institutions/<slug:code>/equipment/", views.equipment_list_edit, name="places-equipment-edit"),
    path("institutions/<slug:code>/status/", views.status_change, name="places-status-change"),
    path("institutions/<slug:code>/place/", views.placement_change, name="places-placement-change"),
]
