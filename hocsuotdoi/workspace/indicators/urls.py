from django.urls import path, register_converter
from django.urls.converters import StringConverter

from hocsuotdoi.workspace.indicators import population, stated, statements, views


class SheetKind(StringConverter):
    regex = "xlsx|csv"


register_converter(SheetKind, "sheet_kind")

urlpatterns = [
    path("criteria/", views.criteria_list, name="indicators-criteria-list"),
    path("criteria/differences/", views.criteria_compare, name="indicators-criteria-compare"),
    path("criteria/<slug:code>/<int:year>/", views.criteria_answer, name="indicators-criteria-answer"),
    path("figures/", stated.stated_list, name="indicators-stated-list"),
    path("figures/history/", statements.stated_history, name="indicators-stated-history"),
    path("figures/preview/<uuid:pk>/", stated.stated_preview, name="indicators-stated-preview"),
    path("figures/statements/<uuid:pk>/", statements.stated_detail, name="indicators-stated-detail"),
    path("figures/statements/<uuid:pk>/undo/", statements.stated_undo, name="indicators-stated-undo"),
    path("figures/<slug:code>/<slug:period>/", stated.stated_sheet, name="indicators-stated-sheet"),
    path(
        "figures/<slug:code>/<slug:period>/template.<sheet_kind:kind>",
        stated.stated_template,
        name="indicators-stated-template",
    ),
    path(
        "figures/<slug:code>/<slug:period>/<slug:institution>/",
        stated.stated_institution,
        name="indicators-stated-institution",
    ),
    path("population/", population.population_list, name="indicators-population-list"),
    path("population/preview/<uuid:pk>/", population.population_preview, name="indicators-population-preview"),
    path("population/<slug:code>/<int:year>/", population.population_sheet, name="indicators-population-sheet"),
    path(
        "population/<slug:code>/<int:year>/template.<sheet_kind:kind>",
        population.population_template,
        name="indicators-population-template",
    ),
]
