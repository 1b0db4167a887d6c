from django.urls import path

from hocsuotdoi.portal.accounts import views

urlpatterns = [path("account/", views.person_edit, name="accounts-person-edit")]
