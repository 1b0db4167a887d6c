"""The story of tests/programme: a ward's yearly reading day, due three days ago."""

from tests.programme.conftest import assignment, plan, reading_task

__all__ = ["assignment", "plan", "reading_task"]
