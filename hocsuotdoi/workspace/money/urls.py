from django.urls import path

from hocsuotdoi.workspace.money import appraising, lines, sheet, views

urlpatterns = [
    path("money/", views.money_overview, name="money-line-list"),
    path("money/totals.xlsx", sheet.totals_file, name="money-totals-file"),
    path("money/appraise/", appraising.appraise_list, name="money-appraise-list"),
    path("money/lines/<int:pk>/", lines.line_detail, name="money-line-detail"),
    path("money/lines/<int:pk>/<slug:act>/", lines.line_act, name="money-line-act"),
    path("money/preview/<uuid:pk>/", sheet.preview, name="money-preview"),
    path("money/<slug:code>/<int:year>/", views.agency_lines, name="money-agency-lines"),
    path("money/<slug:code>/<int:year>/new/", lines.line_create, name="money-line-create"),
    path("money/<slug:code>/<int:year>/sheet/", sheet.sheet, name="money-sheet"),
    path("money/<slug:code>/<int:year>/sheet.xlsx", sheet.sheet_file, name="money-sheet-file"),
]
