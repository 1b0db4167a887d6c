"""Who changed what: rows written by database triggers, so that no bulk update slips past.

`@tracked` above a model keeps each insert, update and delete in `<Model>Event` beside it, with the person and the
address that the request middleware put in the context.
"""

from typing import TypeVar

import pghistory
from django.db import models

ModelClass = TypeVar("ModelClass", bound=type[models.Model])


def tracked(model: ModelClass) -> ModelClass:
    # A fresh set of trackers for each model: pghistory keeps the model's name in them.
    # What the database derives by itself has no history of its own.
    derived = [field.name for field in model._meta.local_fields if field.generated]
    return pghistory.track(pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent(), exclude=derived)(
        model
    )
