from django.urls import path

from hocsuotdoi.workspace.papers import views, writing

urlpatterns = [
    path("papers/", views.paper_list, name="papers-paper-list"),
    path("papers/new/", writing.paper_create, name="papers-paper-create"),
    path("papers/<int:pk>/", views.paper_manage, name="papers-paper-manage"),
    path("papers/<int:pk>/edit/", writing.paper_edit, name="papers-paper-edit"),
    path("papers/<int:pk>/files/", writing.file_attach, name="papers-file-attach"),
    path("papers/<int:pk>/files/<int:file>/detach/", writing.file_detach, name="papers-file-detach"),
    path("papers/<int:pk>/discard/", writing.paper_discard, name="papers-paper-discard"),
    path("papers/<int:pk>/send/", writing.paper_send, name="papers-paper-send"),
    path("papers/<int:pk>/withdraw/", writing.paper_withdraw, name="papers-paper-withdraw"),
    path("papers/<int:pk>/receipts/", views.receipt_list, name="papers-receipt-list"),
]
