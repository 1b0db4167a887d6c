"""Operational tables: rows born at an institution, spread by institution when one server is outgrown.

`OperationalModel` gives such a row its UUIDv7 and its institution. `SpreadByInstitution`, run in the migration that
creates the table, makes the database hold it to that: the primary key becomes (id, institution_id), and links between
operational tables become foreign keys on (institution_id, …), so that no row can point into another institution.
See docs/decisions/0003.
"""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.migrations.operations import RunSQL

from hocsuotdoi.core.ids import uuid7


class OperationalModel(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey("places.Institution", on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


def operational_link(to: str | type[models.Model], **options: Any) -> models.ForeignKey:
    """A link from one operational row to another of the same institution.

    The database's own constraint is written by `SpreadByInstitution`, on both columns.
    """
    options.setdefault("on_delete", models.PROTECT)
    return models.ForeignKey(to, db_constraint=False, **options)


class SpreadByInstitution(RunSQL):
    """Rewrites the key and the links of a just-created operational table; `links` maps column to table."""

    def __init__(self, table: str, links: Mapping[str, str] | None = None):
        forward: list[Any] = [
            f'ALTER TABLE "{table}" DROP CONSTRAINT "{table}_pkey"',
            f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_pkey" PRIMARY KEY (id, institution_id)',
        ]
        forward += _links(table, links or {})
        super().__init__(forward, reverse_sql=RunSQL.noop, elidable=False)
        self.table, self.links = table, dict(links or {})

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table, self.links], {})


class LinkWithinInstitution(RunSQL):
    """Gives links that were added to an operational table later the same constraint; `links` maps column to table."""

    def __init__(self, table: str, links: Mapping[str, str]):
        super().__init__(_links(table, links), reverse_sql=RunSQL.noop, elidable=False)
        self.table, self.links = table, dict(links)

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.table, self.links], {})


def _links(table: str, links: Mapping[str, str]) -> list[Any]:
    return [
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{table}_{column}_same_institution" '
        f'FOREIGN KEY (institution_id, "{column}") REFERENCES "{target}" (institution_id, id) '
        "DEFERRABLE INITIALLY IMMEDIATE"
        for column, target in links.items()
    ]
