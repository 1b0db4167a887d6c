"""Tables that only grow: the database refuses to change, remove or truncate, whoever asks."""

import pgtrigger


def append_only() -> list[pgtrigger.Trigger]:
    """The triggers for a model's `Meta.triggers`."""
    return [
        pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name="no_truncate",
            when=pgtrigger.Before,
            level=pgtrigger.Statement,
            operation=pgtrigger.Truncate,
            func="RAISE EXCEPTION 'rows of % are never removed', TG_TABLE_NAME;",
        ),
    ]
