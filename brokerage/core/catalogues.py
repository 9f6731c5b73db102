"""Translation catalogues without gettext's programs: extract, merge, check, compile.

One catalogue per part of the system, so that a catalogue stays readable and belongs to somebody.
The source strings are English; each has a Chinese translation.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import polib
from django.utils.translation.template import templatize

from brokerage.settings.env import BASE_DIR

LANGUAGE = "zh_Hans"
HEADER = {
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}
WIDTH = 99

# The first prefix that fits decides; what fits none is the portal's.
PARTS = [
    ("brokerage/core/api/", "api"),
    ("templates/api/", "api"),
    ("brokerage/core/display/", "portal"),
    ("brokerage/core/templatetags/", "portal"),
    ("brokerage/core/error_pages.py", "portal"),
    ("brokerage/core/api/", "api"),
    ("templates/api/", "api"),
    ("brokerage/backoffice/imports/", "imports"),
    ("templates/admin/imports/", "imports"),
    ("brokerage/backoffice/portal_", "portal"),
    ("brokerage/backoffice/templatetags/portal_", "portal"),
    *((f"brokerage/{name}/", name) for name in ("core", "reference", "journal", "files", "users")),
    *((f"brokerage/{name}/", name) for name in ("customers", "messaging", "backoffice")),
    *(
        (name, "evidence")
        for name in (
            "accounts/on_paper/",
            "accounts/counter/on_paper.py",
            "accounts/models/paper_signings.py",
            "accounts/use_cases/confirm_on_paper.py",
            "accounts/use_cases/sign_on_paper.py",
            "templates/accounts/counter/paper",
            "templates/accounts/counter/pages.html",
        )
    ),
    *((f"templates/{name}/", "users") for name in ("account", "allauth", "mfa", "usersessions")),
    ("templates/admin/branches/", "branches"),
    ("templates/admin/visits/", "visits"),
    ("templates/admin/products/", "products"),
    ("templates/admin/", "backoffice"),
    ("templates/visits/", "visits"),
    ("templates/finder/", "visits"),
    ("branches/visits/", "visits"),
    ("branches/finder/", "visits"),
    *(
        (name, "permissions")
        for name in (
            "accounts/permissions/",
            "accounts/models/knowledge_tests.py",
            "accounts/models/permission_applications.py",
            "accounts/models/permissions.py",
            "accounts/admin/permissions.py",
            "templates/accounts/permissions/",
        )
    ),
    *((f"templates/{name}/", name) for name in ("users", "journal", "files", "customers")),
    *((f"templates/{name}/", name) for name in ("messaging", "backoffice", "reference")),
    *((f"accounts/views/{name}.py", "evidence") for name in ("recordings", "specimens")),
    *((f"templates/accounts/{name}/", "evidence") for name in ("specimens", "recordings")),
    ("templates/accounts/review/", "review"),
    *(
        (f"templates/{name}/", name)
        for name in ("branches", "suitability", "holdings", "accounts", "content", "products")
    ),
    ("templates/partners/", "partners"),
    *(
        (f"accounts/{name}", "evidence")
        for name in ("evidence/", "gateways/", "signing/", "documents/", "recordings/")
    ),
    *(
        (f"accounts/models/{name}.py", "evidence")
        for name in ("checks", "pins", "signing", "recordings", "readings")
    ),
    *(
        (f"accounts/use_cases/{name}.py", "evidence")
        for name in ("pins", "signing", "recordings", "readings")
    ),
    *((f"accounts/{name}/", "review") for name in ("review", "admin")),
    *((f"accounts/models/{name}.py", "review") for name in ("reviews",)),
    *(
        (f"accounts/use_cases/{name}.py", "review")
        for name in ("route_review", "pause_review", "second_look")
    ),
    *((f"accounts/{name}", "aml") for name in ("aml/", "models/aml.py", "use_cases/aml/")),
    ("templates/accounts/aml/", "aml"),
    *(
        (f"{name}/", name)
        for name in ("branches", "suitability", "holdings", "accounts", "content", "products")
    ),
    ("partners/", "partners"),
]
SOURCES = (
    "brokerage",
    "branches",
    "suitability",
    "holdings",
    "accounts",
    "products",
    "content",
    "partners",
    "templates",
)

# The position of each argument: context, singular, plural.
FUNCTIONS = {
    **dict.fromkeys(["_", "gettext", "gettext_lazy", "gettext_noop"], (None, 0, None)),
    **dict.fromkeys(["ngettext", "ngettext_lazy"], (None, 0, 1)),
    **dict.fromkeys(["pgettext", "pgettext_lazy"], (0, 1, None)),
    **dict.fromkeys(["npgettext", "npgettext_lazy"], (0, 1, 2)),
}

_LITERAL = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
_CALL = re.compile(
    rf"\b(?P<name>{'|'.join(sorted(FUNCTIONS, key=len, reverse=True))})"
    rf"\((?P<args>{_LITERAL}(?:\s*,\s*{_LITERAL})*)"
)
_PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}|%[sd]")

Key = tuple[str | None, str]


@dataclass
class Found:
    """A string of the source: where it stands, and its plural if it has one."""

    plural: str = ""
    files: set[str] = field(default_factory=set)


def part_of(path: str) -> str:
    """The part of the system whose catalogue holds the strings of `path` (from the root)."""
    return next((part for prefix, part in PARTS if path.startswith(prefix)), "portal")


def catalogue_path(part: str) -> Path:
    """Where the catalogue of a part stands."""
    return _root() / "locale" / part / LANGUAGE / "LC_MESSAGES" / "django.po"


def extract() -> dict[str, dict[Key, Found]]:
    """Every translatable string of the tree, by part."""
    parts: dict[str, dict[Key, Found]] = {}
    for path in _files():
        name = path.relative_to(_root()).as_posix()
        text = path.read_text(encoding="utf-8")
        calls = _python_calls(text) if path.suffix == ".py" else _template_calls(text, name)
        for context, singular, plural in calls:
            strings = parts.setdefault(part_of(name), {})
            found = strings.setdefault((context, singular), Found())
            found.plural = found.plural or plural
            found.files.add(name)
    return parts


def merge(part: str, strings: dict[Key, Found]) -> polib.POFile:
    """The catalogue of `part` brought up to date in memory; no translation is lost.

    A string that the source no longer has is kept as obsolete, and revives when it comes back.
    """
    po = load(part)
    known = {(entry.msgctxt, entry.msgid): entry for entry in po}
    for key, found in strings.items():
        entry = known.get(key)
        if entry is None:
            entry = polib.POEntry(msgctxt=key[0], msgid=key[1])
            po.append(entry)
        _shape(entry, found)
    for key, entry in known.items():
        if key not in strings:
            entry.obsolete = True
            entry.occurrences = []
    po.sort(key=lambda entry: (entry.obsolete, entry.occurrences[:1], entry.msgid))
    return po


def load(part: str) -> polib.POFile:
    """The catalogue of a part as it stands; an empty one where there is no file."""
    path = catalogue_path(part)
    po = polib.pofile(str(path)) if path.exists() else polib.POFile()
    po.metadata, po.wrapwidth, po.header = dict(HEADER), WIDTH, ""
    return po


def save(part: str, po: polib.POFile) -> bool:
    """Write a catalogue if it changed; returns whether it did."""
    path = catalogue_path(part)
    text = str(po)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True


def existing_parts() -> list[str]:
    """The parts that have a catalogue."""
    return sorted(
        path.parents[2].name for path in _root().glob(f"locale/*/{LANGUAGE}/*/django.po")
    )


def compile_catalogues() -> int:
    """Write the `.mo` beside each catalogue that is newer; returns how many."""
    written = 0
    for part in existing_parts():
        source = catalogue_path(part)
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            written += 1
    return written


def problems() -> list[str]:
    """Everything that keeps the catalogues from being complete and consistent."""
    found: list[str] = []
    said: dict[Key, tuple[str, str]] = {}
    sources = extract()
    for part in sorted({*sources, *existing_parts()}):
        for entry in merge(part, sources.get(part, {})):
            name = f"{part}: {entry.msgid[:60]!r}"
            found += [f"{name} {problem}" for problem in _problems_of(entry)]
            if entry.obsolete:
                continue
            key, text = (entry.msgctxt, entry.msgid), _translation(entry)
            other, there = said.setdefault(key, (text, part))
            if text and other and text != other:
                found.append(f"{name} is translated otherwise in {there}")
    return found


def _problems_of(entry: polib.POEntry) -> Iterator[str]:
    if entry.obsolete:
        yield "is no longer used (manage.py messages --prune)"
    elif entry.fuzzy:
        yield "is fuzzy"
    elif not _translation(entry):
        yield "has no translation"
    elif (wanted := _placeholders(entry)) != (given := _names(_translation(entry))):
        yield f"has placeholders {sorted(given)}, not {sorted(wanted)}"


def _translation(entry: polib.POEntry) -> str:
    return str(entry.msgstr_plural.get(0, "")) if entry.msgid_plural else str(entry.msgstr)


def _placeholders(entry: polib.POEntry) -> set[str]:
    # the plural names all of them: a singular may say "one" in words
    return _names(entry.msgid_plural or entry.msgid)


def _names(text: str) -> set[str]:
    return set(_PLACEHOLDER.findall(text.replace("%%", "")))


def _shape(entry: polib.POEntry, found: Found) -> None:
    entry.obsolete = False
    entry.occurrences = [(name, "") for name in sorted(found.files)]
    entry.comment = entry.tcomment = ""
    if found.plural:
        entry.msgid_plural = found.plural
        entry.msgstr_plural = {0: entry.msgstr_plural.get(0, "") or entry.msgstr}
        entry.msgstr = ""
    entry.flags = [flag for flag in entry.flags if flag == "fuzzy"]


def _root() -> Path:
    return BASE_DIR


def _files() -> Iterator[Path]:
    for folder in SOURCES:
        for path in sorted((_root() / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                yield path


def _python_calls(text: str) -> Iterator[tuple[str | None, str, str]]:
    for node in ast.walk(ast.parse(text)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", None) or getattr(node.func, "attr", "")
        if name in FUNCTIONS:
            yield from _arguments(name, [_constant(arg) for arg in node.args])


def _template_calls(text: str, name: str) -> Iterator[tuple[str | None, str, str]]:
    if "{%" not in text and "_(" not in text:
        return
    for match in _CALL.finditer(templatize(text, origin=name)):
        literals = re.findall(_LITERAL, match["args"])
        yield from _arguments(match["name"], [ast.literal_eval(text) for text in literals])


def _arguments(name: str, args: list[str | None]) -> Iterator[tuple[str | None, str, str]]:
    context, singular, plural = (
        args[place] if place is not None and place < len(args) else None
        for place in FUNCTIONS[name]
    )
    if singular:
        yield context, singular, plural or ""


def _constant(node: ast.expr) -> str | None:
    value = getattr(node, "value", None) if isinstance(node, ast.Constant) else None
    return value if isinstance(value, str) else None
