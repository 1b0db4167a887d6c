from django.urls import path

from hocsuotdoi.workspace.roll_app import exchange, shell

app_name = "roll"
urlpatterns = [
    path("", shell.page, name="app-page-open"),
    path("enrol", shell.page, name="app-page-enrol"),
    path("worker.js", shell.worker, name="app-worker-open"),
    path("roll.webmanifest", shell.manifest, name="app-manifest-open"),
    path("device", exchange.enrol, name="app-device-enrol"),
    path("ping", exchange.ping, name="app-device-ping"),
    path("carry", exchange.carry, name="app-roll-carry"),
    path("sync", exchange.sync, name="app-mark-sync"),
]
