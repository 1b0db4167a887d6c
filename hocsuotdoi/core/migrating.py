"""Migrating takes a third of the time when neighbouring additions are taken together.

After every single operation Django builds the classes of the model and of all its relations anew, for most models a
few dozen: five sixths of what migrating cost. `together` keeps the operations and their order, in the database too;
only the classes are built once for each run of new models, and once for each run of what is added to models.
"""

from collections.abc import Iterable
from itertools import groupby

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger

_ADDING = (AddField, AddConstraint, AddIndex, AddTrigger)
"""Each looks only at what it adds, so it may see what those after it will have added too. A new model is made with all
that its class has: with what is added to it later it would be made twice."""


class Together(Operation):
    """Several additions, made one after the other on classes that are built once."""

    def __init__(self, operations: list[Operation]):
        self.operations = operations

    def deconstruct(self) -> tuple[str, list[object], dict[str, object]]:
        return (self.__class__.__name__, [self.operations], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        built = state.__dict__.pop("apps", None)
        for operation in self.operations:
            operation.state_forwards(app_label, state)
        if built is not None:
            state.__dict__["apps"] = built
            state.reload_models(sorted({(app_label, _model_of(each)) for each in self.operations}), delay=False)

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: ProjectState,
        to_state: ProjectState,
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return "; ".join(operation.describe() for operation in self.operations)


def together(operations: Iterable[Operation]) -> list[Operation]:
    """The same operations, neighbours that are alike as one."""
    found: list[Operation] = []
    for kind, run in groupby(operations, _kind_of):
        alike = list(run)
        found += [Together(alike)] if kind and len(alike) > 1 else alike
    return found


def _kind_of(operation: Operation) -> type[Operation] | None:
    if isinstance(operation, CreateModel):
        return CreateModel
    return Operation if isinstance(operation, _ADDING) else None


def _model_of(operation: Operation) -> str:
    name: str = operation.name if isinstance(operation, CreateModel) else operation.model_name  # type: ignore[attr-defined]
    return name.lower()
