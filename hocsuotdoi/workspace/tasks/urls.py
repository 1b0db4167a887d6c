from django.urls import path

from hocsuotdoi.workspace.tasks import confirming, detail, feed, grid, handing, own, views, woven

urlpatterns = [
    path("", views.task_list, name="programme-task-list"),
    path("confirm/", confirming.task_confirm, name="programme-task-confirm"),
    path("calendar/<str:token>.ics", feed.task_feed, name="programme-task-feed"),
    path("hand-down/", handing.task_choose, name="programme-task-choose"),
    path("hand-down/own/", own.task_own, name="programme-task-own"),
    path("hand-down/<int:pk>/", handing.task_hand_down, name="programme-task-hand-down"),
    path("of/<slug:code>/<int:year>/", grid.task_grid, name="programme-task-grid"),
    path("programmes/<slug:code>/<int:year>/", woven.task_woven, name="programme-task-woven"),
    path("<int:pk>/", detail.task_detail, name="programme-task-detail"),
    path("<int:pk>/step/", detail.task_step, name="programme-task-step"),
    path("<int:pk>/note/", detail.task_note, name="programme-task-note"),
    path("<int:pk>/evidence/", detail.task_evidence, name="programme-task-evidence"),
    path("<int:pk>/date/", detail.task_date, name="programme-task-date"),
    path("<int:pk>/drop/", detail.task_drop, name="programme-task-drop"),
    path("<int:pk>/files/<int:file>/", detail.task_file, name="programme-task-file"),
]
