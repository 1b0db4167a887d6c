from django.urls import path

from hocsuotdoi.portal.home import views

urlpatterns = [
    path("", views.home, name="home"),
    path("about/", views.about, name="about"),
    path("language/", views.language, name="language"),
]
