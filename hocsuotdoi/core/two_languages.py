"""Words of reference data in English, for who chose it. Stored, checked and signed is the Vietnamese.

`@also_in_english(file, "name", "definition")` above a model: those fields read in English while English is the
language, wherever the file has the words, else (`fallback`, then) as stored. Writers of such rows do so in Vietnamese:
`with stored_words():`.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from django.db import models
from django.utils import translation

from hocsuotdoi.core.data_files import read_yaml

ModelClass = TypeVar("ModelClass", bound=type[models.Model])


@cache
def english_words(file: Path) -> dict[str, str]:
    """Vietnamese → English; the file is a list of {vi, en}."""
    return {row["vi"]: row["en"] for row in read_yaml(file)}


def stored_words() -> AbstractContextManager[None]:
    """Inside, the fields read as they are stored: for reading rows in order to write them."""
    return translation.override("vi")


def also_in_english(
    file: Path, *names: str, fallback: Callable[[Any, str], str] | None = None
) -> Callable[[ModelClass], ModelClass]:
    """`fallback(row, field)` gives English for words that are not in the file; empty: none."""

    def decorate(model: ModelClass) -> ModelClass:
        for name in names:
            setattr(model, name, _Words(file, name, model.__dict__[name], fallback))
        return model

    return decorate


class _Words:
    def __init__(self, file: Path, name: str, stored: Any, fallback: Callable[[Any, str], str] | None):
        self.file, self.name, self.stored, self.fallback = file, name, stored, fallback

    def __get__(self, row: models.Model | None, owner: type[models.Model]) -> Any:
        if row is None:
            return self.stored
        words = row.__dict__[self.name] if self.name in row.__dict__ else self.stored.__get__(row, owner)
        if not words or not (translation.get_language() or "vi").startswith("en"):
            return words
        return english_words(self.file).get(words) or (self.fallback and self.fallback(row, self.name)) or words

    def __set__(self, row: models.Model, words: Any) -> None:
        row.__dict__[self.name] = words

    def __delete__(self, row: models.Model) -> None:
        del row.__dict__[self.name]
