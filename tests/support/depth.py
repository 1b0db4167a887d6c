"""How many cases a law is tried with where each is many questions to the database: half of them, by chance different
ones in every run, unless DEEP is set (docs/testing.md)."""

import os

DEEP = bool(os.environ.get("DEEP"))


def cases(number: int) -> int:
    return number if DEEP else number // 2
