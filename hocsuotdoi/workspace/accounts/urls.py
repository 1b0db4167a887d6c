from django.urls import path

from hocsuotdoi.workspace.accounts import agencies, audit, devices, powers, roles

urlpatterns = [
    path("roles/", roles.role_list, name="accounts-role-list"),
    path("roles/give/", roles.role_place, name="accounts-role-place"),
    path("roles/give/<str:kind>/<int:pk>/", roles.role_give, name="accounts-role-give"),
    path("roles/<int:pk>/end/", roles.role_end, name="accounts-role-end"),
    path("agencies/", agencies.agency_list, name="accounts-agency-list"),
    path("agencies/new/", agencies.agency_add, name="accounts-agency-add"),
    path("agencies/<slug:code>/", agencies.agency_detail, name="accounts-agency-detail"),
    path("agencies/<slug:code>/name/", agencies.agency_rename, name="accounts-agency-rename"),
    path("agencies/<slug:code>/end/", agencies.agency_end, name="accounts-agency-end"),
    path("devices/", devices.device_list, name="accounts-device-list"),
    path("devices/new/", devices.device_place, name="accounts-device-place"),
    path("devices/new/<str:code>/", devices.device_invite, name="accounts-device-invite"),
    path("devices/<uuid:pk>/revoke/", devices.device_revoke, name="accounts-device-revoke"),
    path("powers/", powers.powers, name="accounts-powers"),
    path("powers/off/", powers.powers_off, name="accounts-powers-off"),
    path("audit/", audit.audit, name="accounts-audit"),
]
