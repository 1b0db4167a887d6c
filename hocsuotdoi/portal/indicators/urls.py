from django.urls import path

from hocsuotdoi.portal.indicators import (
    chart_files,
    compare,
    counts,
    definitions,
    open_files,
    pivot,
    saved_tables,
    unit_look,
    views,
)

urlpatterns = [
    path("indicators/", views.indicator_list, name="indicators-indicator-list"),
    path("indicators/dictionary/", definitions.dictionary, name="indicators-dictionary"),
    path("indicators/dictionary.<slug:form>", definitions.dictionary_file, name="indicators-dictionary-file"),
    path("indicators/<slug:code>/versions/<int:number>/", definitions.indicator_version, name="indicators-version"),
    path("indicators/open/", open_files.open_page, name="indicators-open"),
    path("indicators/open/counts.adx", open_files.counts_file, name="indicators-counts-file"),
    path("indicators/open/sdmx-structure.json", open_files.structure, name="indicators-sdmx-structure"),
    path("indicators/open/dhis2-metadata.json", open_files.metadata, name="indicators-dhis2-metadata"),
    path("indicators/<slug:code>/values.<slug:form>", open_files.indicator_file, name="indicators-indicator-file"),
    path("indicators/table/", pivot.pivot, name="indicators-pivot"),
    path("indicators/table.<slug:form>", pivot.pivot_file, name="indicators-pivot-file"),
    path("indicators/table/save", saved_tables.table_save, name="indicators-table-save"),
    path("indicators/table/saved/<int:pk>/rename", saved_tables.table_rename, name="indicators-table-rename"),
    path("indicators/table/saved/<int:pk>/forget", saved_tables.table_forget, name="indicators-table-forget"),
    path("indicators/compare/", compare.comparison, name="indicators-comparison"),
    path("indicators/compare/<int:number>.<slug:form>", compare.comparison_chart, name="indicators-comparison-chart"),
    path("indicators/pictures/<slug:key>.svg", chart_files.picture, name="indicators-picture"),
    path("indicators/units/<slug:unit>/", unit_look.unit_look, name="indicators-unit-look"),
    path("indicators/units/<slug:unit>/<slug:chart>.<slug:form>", unit_look.unit_chart, name="indicators-unit-chart"),
    path("indicators/<slug:code>/", views.indicator_detail, name="indicators-indicator-detail"),
    path(
        "indicators/<slug:code>/charts/<slug:chart>.<slug:form>",
        views.indicator_chart,
        name="indicators-indicator-chart",
    ),
    path(
        "indicators/values/<slug:unit>/<int:year>/<slug:indicator>/<slug:cohort>/",
        views.value_lineage,
        name="indicators-value-lineage",
    ),
    path(
        "indicators/criteria/<slug:institution>/<int:year>/<slug:indicator>/",
        views.institution_lineage,
        name="indicators-institution-lineage",
    ),
    path(
        "indicators/counts/<slug:unit>/<int:year>/<slug:measure>/",
        counts.measure_lineage,
        name="indicators-measure-lineage",
    ),
    path(
        "indicators/postings/<slug:institution>/<int:year>/<slug:measure>/",
        counts.posting_list,
        name="indicators-posting-list",
    ),
    path("indicators/postings/<uuid:pk>/", counts.posting_detail, name="indicators-posting-detail"),
]
