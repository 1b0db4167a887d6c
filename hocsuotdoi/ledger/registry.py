"""Where the areas above tell the ledger how to describe the acts they post, so that lineage leads from an entry to
its act without an import upward. Surfaces map a source kind to an address."""

import uuid
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceDescription:
    """An act in words: `title` for a list, `detail` (when, where) for beneath it. Names no person who took part."""

    title: str
    detail: str = ""


Describe = Callable[[Collection[uuid.UUID]], Mapping[uuid.UUID, SourceDescription]]

_sources: dict[str, Describe] = {}


def register_source(kind: str, describe: Describe) -> None:
    """Say how acts of `kind` are described; called once, when the area's app is ready.

    `describe` gets many ids and answers in a constant number of queries; ids it does not know it leaves out.
    """
    if _sources.setdefault(kind, describe) is not describe:
        raise ValueError(f"source kind {kind!r} is registered twice")


def describe_sources(sources: Collection[tuple[str, uuid.UUID]]) -> dict[tuple[str, uuid.UUID], SourceDescription]:
    """Descriptions of acts given as (kind, id), one call a kind; what nobody knows is left out."""
    by_kind: dict[str, set[uuid.UUID]] = {}
    for kind, source_id in sources:
        by_kind.setdefault(kind, set()).add(source_id)
    return {
        (kind, source_id): description
        for kind, ids in by_kind.items()
        if kind in _sources
        for source_id, description in _sources[kind](ids).items()
    }


def registered_kinds() -> list[str]:
    return sorted(_sources)
