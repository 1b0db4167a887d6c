from django.urls import path

from hocsuotdoi.workspace.reporting import acts, lists, offline, single, snapshots, totals, writing

urlpatterns = [
    path("", lists.report_list, name="reporting-report-list"),
    path("worker.js", offline.worker, name="reporting-report-worker"),
    path("approve/", lists.report_approve_several, name="reporting-report-approve-several"),
    path("<int:pk>/", writing.report_detail, name="reporting-report-detail"),
    path("<int:pk>/begin/", writing.report_begin, name="reporting-report-begin"),
    path("<int:pk>/words/", writing.report_word, name="reporting-report-word"),
    path("<int:pk>/totals/", totals.report_total, name="reporting-report-total"),
    path("<int:pk>/odd/", writing.report_answer, name="reporting-report-answer"),
    path("<int:pk>/now/", writing.report_now, name="reporting-report-now"),
    path("<int:pk>/submit/", acts.report_submit, name="reporting-report-submit"),
    path("<int:pk>/withdraw/", acts.report_withdraw, name="reporting-report-withdraw"),
    path("<int:pk>/return/", acts.report_return, name="reporting-report-return"),
    path("<int:pk>/approve/", acts.report_approve, name="reporting-report-approve"),
    path("<int:pk>/reopen/", acts.report_reopen, name="reporting-report-reopen"),
    path("<int:pk>/excuse/", acts.report_excuse, name="reporting-report-excuse"),
    path("<int:pk>/resume/", acts.report_resume, name="reporting-report-resume"),
    path("<int:pk>/move/", acts.report_move, name="reporting-report-move"),
    path("<int:pk>/addendum/", acts.report_amend, name="reporting-report-amend"),
    path("<int:pk>/figure/", snapshots.report_figure, name="reporting-report-figure"),
    path("<int:pk>/compare/", snapshots.report_compare, name="reporting-report-compare"),
    path("<int:pk>/draft.docx", snapshots.report_draft, name="reporting-report-draft"),
    path("<int:pk>/freeze/", single.report_freeze, name="reporting-report-freeze"),
    path("snapshots/<str:number>/", snapshots.snapshot_detail, name="reporting-snapshot-detail"),
    path("snapshots/<str:number>/report.docx", snapshots.snapshot_document, name="reporting-snapshot-document"),
    path("snapshots/<str:number>/annex.xlsx", snapshots.snapshot_annex, name="reporting-snapshot-annex"),
]
