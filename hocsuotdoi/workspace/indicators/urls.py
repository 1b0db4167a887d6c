from django.urls import path

from hocsuotdoi.workspace.indicators import views

urlpatterns = [
    path("criteria/", views.criteria_list, name="indicators-criteria-list"),
    path("criteria/differences/", views.criteria_compare, name="indicators-criteria-compare"),
    path("criteria/<slug:code>/<int:year>/", views.criteria_answer, name="indicators-criteria-answer"),
]
