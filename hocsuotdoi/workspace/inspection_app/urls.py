from django.urls import path

from hocsuotdoi.workspace.inspection_app import shell

app_name = "inspection"
urlpatterns = [
    path("", shell.page, name="app-page-open"),
    path("worker.js", shell.worker, name="app-worker-open"),
    path("inspection.webmanifest", shell.manifest, name="app-manifest-open"),
]
