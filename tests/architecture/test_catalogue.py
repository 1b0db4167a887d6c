"""Words that people read are found only under the names that scripts/catalogue.py looks for: an alias of its own
(«gettext as _now») would leave a sentence in English, and nothing would miss it."""

import ast
import runpy

from tests.architecture.rooms import ROOT

PACKAGE = ROOT / "hocsuotdoi"
KEYWORDS = runpy.run_path(str(ROOT / "scripts" / "catalogue.py"), run_name="catalogue")["KEYWORDS"]
MARKING = {name for name in KEYWORDS if name != "_"}


def test_words_are_marked_by_names_that_the_catalogue_knows():
    unknown = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation":
                unknown += [
                    f"{path.relative_to(PACKAGE)}: {each.name} as {each.asname}"
                    for each in node.names
                    if each.name in MARKING and (each.asname or each.name) not in KEYWORDS
                ]

    assert unknown == []
