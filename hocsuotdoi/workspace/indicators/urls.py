from django.urls import path

from hocsuotdoi.workspace.indicators import definitions, reviews, views

urlpatterns = [
    path("criteria/", views.criteria_list, name="indicators-criteria-list"),
    path("criteria/differences/", views.criteria_compare, name="indicators-criteria-compare"),
    path("criteria/reviews/<uuid:pk>/", reviews.criterion_review, name="indicators-criteria-review"),
    path("criteria/<slug:code>/<int:year>/", views.criteria_answer, name="indicators-criteria-answer"),
    path("indicators/", definitions.definition_list, name="indicators-definition-list"),
    path("indicators/new/", definitions.definition_new, name="indicators-definition-new"),
    path("indicators/drafts/<int:pk>/", definitions.draft_edit, name="indicators-draft-edit"),
    path("indicators/drafts/<int:pk>/publish/", definitions.draft_publish, name="indicators-draft-publish"),
    path("indicators/drafts/<int:pk>/discard/", definitions.draft_discard, name="indicators-draft-discard"),
    path("indicators/<slug:code>/next/", definitions.definition_next, name="indicators-definition-next"),
    path("indicators/<slug:code>/retire/", definitions.definition_retire, name="indicators-definition-retire"),
]
