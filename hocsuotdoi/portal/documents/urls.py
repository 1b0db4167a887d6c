from django.urls import path

from hocsuotdoi.portal.documents import views

urlpatterns = [
    path("documents/", views.document_find, name="documents-document-find"),
    path("documents/<str:code>/", views.document_check, name="documents-document-check"),
]
