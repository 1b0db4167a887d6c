from django.urls import path

from hocsuotdoi.portal.places import views

urlpatterns = [
    path("units/", views.unit_list, name="places-unit-list"),
    path("units/<slug:code>/", views.unit_detail, name="places-unit-detail"),
    path("institutions/", views.institution_list, name="places-institution-list"),
    path("institutions/<slug:code>/", views.institution_detail, name="places-institution-detail"),
]
