from django.urls import path

from hocsuotdoi.workspace.documents import awards, issuing, letters, nominations, runs, templates, views

urlpatterns = [
    path("documents/", views.overview, name="documents-overview"),
    path("documents/of/<str:number>/", views.snapshot_documents, name="documents-snapshot-documents"),
    path("documents/of/<str:number>/issued/", issuing.issue_create, name="documents-issue-create"),
    path(
        "documents/of/<str:number>/issued/<uuid:pk>/withdraw/", issuing.issue_withdraw, name="documents-issue-withdraw"
    ),
    path("documents/issued/<uuid:pk>/", issuing.issue_file, name="documents-issue-file"),
    path("documents/files/<uuid:pk>/", views.document_file, name="documents-document-file"),
    path("documents/runs/", runs.run_list, name="documents-run-list"),
    path("documents/runs/<uuid:pk>/", runs.run_detail, name="documents-run-detail"),
    path("documents/runs/<uuid:pk>/progress/", runs.run_progress, name="documents-run-progress"),
    path("documents/runs/<uuid:pk>/all.zip", runs.run_files, name="documents-run-files"),
    path("documents/templates/", templates.template_list, name="documents-template-list"),
    path("documents/templates/new/", templates.template_create, name="documents-template-create"),
    path("documents/templates/<int:pk>/file/", templates.template_file, name="documents-template-file"),
    path("documents/templates/<int:pk>/retire/", templates.template_retire, name="documents-template-retire"),
    path("documents/templates/<slug:kind>/", templates.placeholder_list, name="documents-placeholder-list"),
    path("documents/templates/<slug:kind>/own.docx", templates.own_template_file, name="documents-template-own"),
    path("documents/letters/", letters.letter_list, name="documents-letter-list"),
    path("documents/letters/<int:report>/", letters.letter_create, name="documents-letter-create"),
    path("nominations/", nominations.nomination_list, name="documents-nomination-list"),
    path("nominations/table.xlsx", nominations.nomination_file, name="documents-nomination-file"),
    path("nominations/new/", nominations.nomination_create, name="documents-nomination-create"),
    path("nominations/<int:pk>/", nominations.nomination_detail, name="documents-nomination-detail"),
    path("nominations/<int:pk>/award/", awards.nomination_award, name="documents-nomination-award"),
    path("nominations/<int:pk>/<slug:act>/", nominations.nomination_act, name="documents-nomination-act"),
]
