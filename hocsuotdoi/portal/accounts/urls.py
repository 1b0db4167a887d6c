from django.urls import path

from hocsuotdoi.portal.accounts import api_tokens, views

urlpatterns = [
    path("account/", views.person_edit, name="accounts-person-edit"),
    path("account/api-keys/", api_tokens.api_token_list, name="accounts-api-token-list"),
    path("account/api-keys/<uuid:pk>/revoke/", api_tokens.api_token_revoke, name="accounts-api-token-revoke"),
]
