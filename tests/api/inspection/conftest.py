"""The story of tests/inspection, for programs."""

from tests.inspection.conftest import (
    army_library,
    checklists,
    colleague,
    inspector,
    now,
    outsider,
    plan,
    today,
    visit,
)

__all__ = ["army_library", "checklists", "colleague", "inspector", "now", "outsider", "plan", "today", "visit"]
