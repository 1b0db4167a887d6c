from django.urls import path

from hocsuotdoi.workspace.places import closures, holidays, reforms, views

urlpatterns = [
    path("institutions/", views.institution_list, name="places-institution-list"),
    path("institutions/<slug:code>/", views.institution_detail, name="places-institution-detail"),
    path("institutions/<slug:code>/entry/", views.institution_edit, name="places-institution-edit"),
    path("institutions/<slug:code>/hours/", views.hours_edit, name="places-hours-edit"),
    path("institutions/<slug:code>/closures/", closures.closure_list, name="places-closure-list"),
    path("institutions/<slug:code>/closures/<int:pk>/remove/", closures.closure_remove, name="places-closure-remove"),
    path("institutions/<slug:code>/holidays/", holidays.holiday_answer, name="places-holiday-answer"),
    path("territory/", reforms.reform_list, name="places-reform-list"),
    path("territory/new/", reforms.reform_send, name="places-reform-send"),
    path("territory/new/<slug:code>.<str:kind>", reforms.reform_template, name="places-reform-template"),
    path("territory/<uuid:pk>/", reforms.reform_detail, name="places-reform-detail"),
    path("territory/<uuid:pk>/places/", reforms.reform_places, name="places-reform-places"),
    path("territory/<uuid:pk>/enter/", reforms.reform_enter, name="places-reform-enter"),
    path("territory/<uuid:pk>/take-back/", reforms.reform_take_back, name="places-reform-take-back"),
    path("holidays/", holidays.holiday_list, name="places-holiday-list"),
    path("holidays/<int:pk>/withdraw/", holidays.decision_withdraw, name="places-holiday-withdraw"),
    path("institutions/<slug:code>/rooms/", views.room_list_edit, name="places-room-edit"),
    path("institutions/<slug:code>/equipment/", views.equipment_list_edit, name="places-equipment-edit"),
    path("institutions/<slug:code>/status/", views.status_change, name="places-status-change"),
    path("institutions/<slug:code>/body/", views.runner_change, name="places-runner-change"),
    path("institutions/<slug:code>/place/", views.placement_change, name="places-placement-change"),
]
