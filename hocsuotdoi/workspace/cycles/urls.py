from django.urls import path

from hocsuotdoi.workspace.cycles import acts, country, lists, rules, setting_up, views

urlpatterns = [
    path("", views.cycle_list, name="cycles-cycle-list"),
    path("new/", setting_up.cycle_create, name="cycles-cycle-create"),
    path("<slug:code>/", country.cycle_detail, name="cycles-cycle-detail"),
    path("<slug:code>/map.svg", country.cycle_map, name="cycles-cycle-map"),
    path("<slug:code>/in/<slug:unit>/", lists.cycle_unit, name="cycles-cycle-unit"),
    path("<slug:code>/reports/", lists.cycle_reports, name="cycles-cycle-reports"),
    path("<slug:code>/state.<slug:form>", lists.cycle_file, name="cycles-cycle-file"),
    path("<slug:code>/letters/", lists.cycle_letters, name="cycles-cycle-letters"),
    path("<slug:code>/burden/", views.cycle_burden, name="cycles-cycle-burden"),
    path("<slug:code>/edit/", setting_up.cycle_edit, name="cycles-cycle-edit"),
    path("<slug:code>/reminders/", rules.reminders_edit, name="cycles-cycle-reminders"),
    path("<slug:code>/rules/new/", rules.rule_edit, name="cycles-rule-create"),
    path("<slug:code>/rules/<int:ordinal>/", rules.rule_edit, name="cycles-rule-edit"),
    path("<slug:code>/act/<slug:act>/", acts.cycle_act, name="cycles-cycle-act"),
]
