from django.urls import path

from hocsuotdoi.workspace.components import views

urlpatterns = [path("", views.components, name="components")]
