"""Links between models follow the import order: written as strings, they would escape the import linter."""

from django.apps import apps
from django.conf import settings
from django.db import models

from tests.architecture.rooms import ranks


def _area(model: type[models.Model]) -> str | None:
    name = model.__module__.split(".")
    return name[1] if name[0] == "hocsuotdoi" else None


def test_every_link_leads_to_the_same_area_or_a_lower_one():
    height = ranks()
    upward = []
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.get_fields():
            target = field.related_model
            if not isinstance(field, models.ForeignKey | models.ManyToManyField) or not isinstance(target, type):
                continue
            here, there = _area(model), _area(target)
            if here is None or there is None or here == there or target._meta.label == settings.AUTH_USER_MODEL:
                continue
            if height[there] >= height[here]:
                upward.append(f"{model._meta.label}.{field.name} → {target._meta.label}")
    assert upward == []
