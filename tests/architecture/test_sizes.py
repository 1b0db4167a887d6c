"""Sizes at which a seam should have been looked for (docs/conventions.md)."""

import ast
from pathlib import Path

from tests.architecture.rooms import ROOT

LONGEST_FILE, LONGEST_CLASS, LONGEST_FUNCTION = 600, 300, 60


def _sources() -> list[Path]:
    return [path for path in (ROOT / "hocsuotdoi").rglob("*.py") if "migrations" not in path.parts]


def test_files_classes_and_functions_keep_a_readable_size():
    too_long = []
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        if text.count("\n") > LONGEST_FILE:
            too_long.append(f"{path.relative_to(ROOT)}: {text.count(chr(10))} lines")
        for node in ast.walk(ast.parse(text)):
            if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > (LONGEST_CLASS if isinstance(node, ast.ClassDef) else LONGEST_FUNCTION):
                too_long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {lines} lines")
    assert too_long == []
