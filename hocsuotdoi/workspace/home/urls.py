from django.urls import path

from hocsuotdoi.workspace.home import views

urlpatterns = [path("", views.today, name="home")]
