"""Figures as a table in Markdown."""

import sys
from dataclasses import dataclass, field


@dataclass
class Table:
    title: str
    about: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, figure: str, ratio: str) -> None:
        """Said at once, too: a run takes long, and one that breaks has told what it knew."""
        self.rows.append((what, figure, ratio))
        print(f"• {what}: {figure}; {ratio}", file=sys.stderr, flush=True)

    def __str__(self) -> str:
        lines = [f"## {self.title}", "", f"{self.about}", "", "| What | Figure | Against |", "|---|---|---|"]
        return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in self.rows), ""])
