"""Tables that only grow: the database refuses to change, remove or truncate, whoever asks."""

import pgtrigger


def append_only() -> list[pgtrigger.Trigger]:
    """The triggers for a model's `Meta.triggers`."""
    return [
        pgtrigger.Protect(
            name="append_only", operation=pgtrigger.Update | pgtrigger.Delete
        ),
        pgtrigger.Protect(
            name="no_truncate", operation=pgtrigger.Truncate, level=pgtrigger.Statement
        ),
    ]
