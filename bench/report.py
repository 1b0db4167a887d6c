"""Figures as a table in Markdown."""

from dataclasses import dataclass, field


@dataclass
class Table:
    title: str
    about: str
    rows: list[tuple[str, str, str]] = field(default_factory=list)

    def add(self, what: str, figure: str, ratio: str) -> None:
        self.rows.append((what, figure, ratio))

    def __str__(self) -> str:
        lines = [f"## {self.title}", "", f"{self.about}", "", "| What | Figure | Against |", "|---|---|---|"]
        return "\n".join([*lines, *(f"| {' | '.join(row)} |" for row in self.rows), ""])
