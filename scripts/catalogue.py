"""The Vietnamese catalogue: `update` writes new strings into it, `check` says what is missing, without writing.

    python scripts/catalogue.py update [more.po …]    translations known elsewhere fill what is untranslated
    python scripts/catalogue.py check

Strings are found in Python and in templates as Django's own command finds them, but with Babel: no gettext is needed.
"""

import io
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import polib
from babel.messages.extract import extract
from django.utils.translation.template import templatize
from jinja2.ext import babel_extract

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "hocsuotdoi"
CATALOGUE = PACKAGE / "locale" / "vi" / "LC_MESSAGES" / "django.po"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = {
    "Project-Id-Version": "hocsuotdoi",
    "Language": "vi",
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
_PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")

Key = tuple[str | None, str]


def used() -> dict[Key, polib.POEntry]:
    """Every string marked in the program, with the files that use it."""
    found: dict[Key, polib.POEntry] = {}
    for path in sorted([*PACKAGE.rglob("*.py"), *PACKAGE.rglob("*.html"), *PACKAGE.rglob("*.txt")]):
        place = str(path.relative_to(ROOT))
        for context, singular, plural in _strings(path):
            entry = found.setdefault((context, singular), polib.POEntry(msgctxt=context, msgid=singular))
            if plural:
                entry.msgid_plural = plural
            if (place, "") not in entry.occurrences:
                entry.occurrences.append((place, ""))
            if plural or _PLACEHOLDER.search(singular):
                entry.flags = ["python-format"] if "%(" in singular + (plural or "") else []
    return found


def _strings(path: Path) -> Iterator[tuple[str | None, str, str]]:
    text = path.read_text(encoding="utf-8")
    method = babel_extract if "jinja2" in path.parts else "python"
    if path.suffix != ".py" and method is not babel_extract:
        # One statement a line: what is left of the markup has no meaning as indentation.
        text = "\n".join(line.strip() for line in templatize(text, origin=str(path)).splitlines())
    source = io.BytesIO(text.encode("utf-8"))
    for _line, message, _comments, context in extract(method, source, KEYWORDS, options={"encoding": "utf-8"}):
        singular, plural = (message[0], message[1]) if isinstance(message, tuple) else (message, "")
        if singular:
            yield context, singular, plural


def read(path: Path) -> dict[Key, polib.POEntry]:
    if not path.exists():
        return {}
    return {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path)) if not entry.obsolete}


def _is_translated(entry: polib.POEntry | None) -> bool:
    return entry is not None and not entry.fuzzy and bool(entry.msgstr_plural.get(0) or entry.msgstr)


def _fill(entry: polib.POEntry, known: polib.POEntry) -> None:
    words = known.msgstr_plural.get(0) or known.msgstr
    if entry.msgid_plural:
        entry.msgstr_plural = {0: words}
    else:
        entry.msgstr = words


def update(more: list[Path]) -> None:
    sources = [read(CATALOGUE), *map(read, more)]
    catalogue = polib.POFile(wrapwidth=110)
    catalogue.metadata = HEADER
    for key, entry in sorted(used().items(), key=lambda item: (item[1].occurrences[0], item[0][1])):
        known = next((source[key] for source in sources if _is_translated(source.get(key))), None)
        if known is not None:
            _fill(entry, known)
        catalogue.append(entry)
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    catalogue.save(str(CATALOGUE))
    print(f"{len(catalogue)} strings, {len(catalogue.untranslated_entries())} without Vietnamese.")


def problems() -> list[str]:
    """One line for each string that is missing, untranslated, doubtful, left over, or loses a value on the way."""
    told: list[str] = []
    strings, known = used(), read(CATALOGUE)
    for key, entry in strings.items():
        where = f"{entry.occurrences[0][0]}: {entry.msgid[:90]!r}"
        translation = known.get(key)
        if translation is None:
            told.append(f"not in the catalogue: {where}")
        elif translation.fuzzy:
            told.append(f"doubtful (fuzzy): {where}")
        elif not _is_translated(translation):
            told.append(f"untranslated: {where}")
        else:
            told += _lost_values(translation, where)
    told += [f"no longer used: {msgid[:90]!r}" for context, msgid in known if (context, msgid) not in strings]
    return told


def _lost_values(entry: polib.POEntry, where: str) -> Iterator[str]:
    names = _values(entry.msgid + entry.msgid_plural)
    written = _values(entry.msgstr_plural.get(0) or entry.msgstr)
    if written - names:
        yield f"the translation names values that are not given {sorted(written - names)}: {where}"
    # A singular form may leave its number out, and so may the one Vietnamese form of it.
    if names - written and not entry.msgid_plural:
        yield f"the translation leaves out {sorted(names - written)}: {where}"


def _values(text: str) -> set[str]:
    names = {first or second for first, second in _PLACEHOLDER.findall(text)}
    # Dates are given both, and each language takes one: English names its months, Vietnamese counts them.
    return {"month" if name == "month_name" else name for name in names}


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["update"]:
        update([Path(name) for name in arguments[1:]])
        return 0
    if arguments == ["check"]:
        told = problems()
        for line in told:
            print(line, file=sys.stderr)
        if told:
            print(f"{len(told)} strings to mend: `make messages`, then translate in {CATALOGUE.relative_to(ROOT)}.")
        return 1 if told else 0
    print(__doc__)
    return 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
