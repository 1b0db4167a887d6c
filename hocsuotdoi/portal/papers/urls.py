from django.urls import path

from hocsuotdoi.portal.papers import views

urlpatterns = [
    path("papers/", views.paper_list, name="papers-paper-list"),
    path("papers/<int:pk>/", views.paper_detail, name="papers-paper-detail"),
    path("papers/<int:pk>/read/", views.paper_read, name="papers-paper-read"),
    path("papers/<int:pk>/changes/", views.paper_changes, name="papers-paper-changes"),
    path("papers/<int:pk>/files/<str:digest>/", views.paper_file, name="papers-paper-file"),
]
