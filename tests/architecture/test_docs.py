"""Lists in the documents that mirror lists in the code."""

import re
from pathlib import Path

from hocsuotdoi.accounts.permissions import Permission
from hocsuotdoi.config import cli
from hocsuotdoi.core.jobs import JOBS
from hocsuotdoi.indicators.queries.quality_rules import RULES
from tests.architecture.rooms import ROOT, present

REFERENCE = (ROOT / "docs" / "reference.md").read_text(encoding="utf-8")


def _listed(heading: str) -> set[str]:
    """The words in code type in the first column of the table under a heading."""
    section = REFERENCE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return {word for row in rows for word in re.findall(r"`([^`]+)`", row)}


def test_every_area_is_described():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert [area for area in present() if f"| `{area}` |" not in text] == []


def test_settings_are_listed():
    source = (ROOT / "hocsuotdoi" / "config" / "settings.py").read_text(encoding="utf-8")
    read = set(re.findall(r"env\.\w+\(\s*\"([A-Z_]+)\"", source))
    assert _listed("Settings") == read


def test_commands_are_listed():
    assert _listed("Commands") == set(cli.commands())


def test_jobs_are_listed():
    assert _listed("Jobs") == set(JOBS)


def test_permissions_are_listed():
    assert _listed("Permissions") == set(Permission.values)


def test_rules_of_quality_are_listed():
    page = (ROOT / "docs" / "quality.md").read_text(encoding="utf-8")
    rules = page.partition("\n## Rules\n")[2].partition("\n### ")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", rules, re.MULTILINE)) == {rule.value for rule in RULES}


def test_make_targets_are_told():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    inner = {"help", "lock", "clean"}
    targets = set(re.findall(r"^([a-z-]+):.*##", makefile, re.MULTILINE)) - inner
    assert [target for target in targets if f"`make {target}`" not in readme] == []


def test_links_between_documents_lead_somewhere():
    dead = []
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
            if "://" not in target and not (page.parent / Path(target)).exists():
                dead.append(f"{page.relative_to(ROOT)}: {target}")
    assert dead == []
