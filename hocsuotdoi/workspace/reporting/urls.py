from django.urls import path

from hocsuotdoi.workspace.reporting import views

urlpatterns = [
    path("", views.report_list, name="reporting-report-list"),
    path("open/", views.report_open, name="reporting-report-open"),
    path("<int:pk>/", views.report_detail, name="reporting-report-detail"),
    path("<int:pk>/words/", views.report_word, name="reporting-report-word"),
    path("<int:pk>/draft.docx", views.report_draft, name="reporting-report-draft"),
    path("<int:pk>/freeze/", views.report_freeze, name="reporting-report-freeze"),
    path("snapshots/<str:number>/", views.snapshot_detail, name="reporting-snapshot-detail"),
    path("snapshots/<str:number>/report.docx", views.snapshot_document, name="reporting-snapshot-document"),
    path("snapshots/<str:number>/annex.xlsx", views.snapshot_annex, name="reporting-snapshot-annex"),
]
