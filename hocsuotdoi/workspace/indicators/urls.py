from django.urls import path, register_converter
from django.urls.converters import StringConverter

from hocsuotdoi.workspace.indicators import (
    definitions,
    population,
    quality,
    quality_reporting,
    reviews,
    stated,
    statements,
    views,
)


class SheetKind(StringConverter):
    regex = "xlsx|csv"


register_converter(SheetKind, "sheet_kind")

urlpatterns = [
    path("criteria/", views.criteria_list, name="indicators-criteria-list"),
    path("criteria/differences/", views.criteria_compare, name="indicators-criteria-compare"),
    path("criteria/reviews/<uuid:pk>/", reviews.criterion_review, name="indicators-criteria-review"),
    path("criteria/<slug:code>/<int:year>/", views.criteria_answer, name="indicators-criteria-answer"),
    path("indicators/", definitions.definition_list, name="indicators-definition-list"),
    path("indicators/new/", definitions.definition_new, name="indicators-definition-new"),
    path("indicators/drafts/<int:pk>/", definitions.draft_edit, name="indicators-draft-edit"),
    path("indicators/drafts/<int:pk>/publish/", definitions.draft_publish, name="indicators-draft-publish"),
    path("indicators/drafts/<int:pk>/discard/", definitions.draft_discard, name="indicators-draft-discard"),
    path("indicators/<slug:code>/next/", definitions.definition_next, name="indicators-definition-next"),
    path("indicators/<slug:code>/retire/", definitions.definition_retire, name="indicators-definition-retire"),
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
    path("quality/", quality_reporting.reporting, name="indicators-quality-reporting"),
    path("quality/findings/", quality.quality_list, name="indicators-quality-list"),
    path("quality/findings/<uuid:pk>/", quality.quality_detail, name="indicators-quality-detail"),
    path("population/", population.population_list, name="indicators-population-list"),
    path("population/preview/<uuid:pk>/", population.population_preview, name="indicators-population-preview"),
    path("population/<slug:code>/<int:year>/", population.population_sheet, name="indicators-population-sheet"),
    path(
        "population/<slug:code>/<int:year>/template.<sheet_kind:kind>",
        population.population_template,
        name="indicators-population-template",
    ),
    path(
        "population/<slug:code>/<int:year>/<int:pk>/take-away/",
        population.population_take_away,
        name="indicators-population-take-away",
    ),
]
