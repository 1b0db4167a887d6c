"""Work of one job for many: what fails for one is done for all others."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")
R = TypeVar("R")


class SomeFailed(Exception):
    """Some could not be done; each stands in the log with its error. All others are done."""


def one_by_one(each: Iterable[T], act: Callable[[T], R]) -> list[R]:
    """`act`, a transaction of its own, for each; what it returned. Raises `SomeFailed` at the end, so that the job
    counts as failed and is tried again."""
    done, failed = [], []
    for one in each:
        try:
            done.append(act(one))
        except Exception as error:  # whatever it is, the next one has nothing to do with it
            named = f"{type(one).__name__} {one.pk}" if hasattr(one, "pk") else str(one)  # by key: no names in logs
            logger.error("%s: %s", named, type(error).__name__, exc_info=True)
            failed.append(named)
    if failed:
        raise SomeFailed(f"{len(failed)} failed, {len(done)} done: {', '.join(failed[:10])}")
    return done
