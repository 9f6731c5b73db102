"""The tax self-certification as it is signed together with the agreements.

The answers are copied when the customer signs, because the declaration counts as it stood then.
The journal keeps a digest of the copy; a random salt inside it keeps the digest from telling the
few answers that are possible.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Section
from accounts.terms import EntityType, NoTin, Residence, YesNo, jurisdictions

WORDS: dict[str, Any] = {
    "residence": Residence,
    "controlling": Residence,
    "entity_type": EntityType,
    "us_person": YesNo,
}


def declare(section: Section | None) -> str | None:
    """The declaration of the tax step, to be kept with a signature; None without a whole one."""
    if section is None or not section.is_done:
        return None
    copy = {"salt": secrets.token_hex(16), "answers": section.answers}
    return json.dumps(copy, ensure_ascii=False, sort_keys=True)


def digest(declaration: str) -> str:
    """SHA-256 of a declaration with its salt."""
    return hashlib.sha256(declaration.encode()).hexdigest()


def answers_of(declaration: str | None) -> dict[str, Any]:
    """What was declared; empty without a declaration."""
    found: dict[str, Any] = json.loads(declaration)["answers"] if declaration else {}
    return found


def lines(answers: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Everything that was declared, in the reader's language: what was asked, what was said."""
    return [(name, said) for name, said in _lines(answers) if said]


def _lines(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    entity = bool(answers.get("entity"))
    yield _("Kind of organisation for tax purposes"), _word(answers, "entity_type")
    yield _("Where do you pay tax as a resident?"), _word(answers, "residence")
    asked = _("A US entity or owned by US persons") if entity else _("US citizen or green card")
    yield asked, _word(answers, "us_person")
    yield _("Tax residence of those who control it"), _word(answers, "controlling")
    for field, label in (
        ("name_latin", _("Name of the organisation in Latin letters")),
        ("surname_latin", _("Surname in Latin letters")),
        ("given_name_latin", _("Given name in Latin letters")),
        ("birth_place", _("Place of birth")),
        ("address_latin", _("Present address in Latin letters")),
    ):
        yield label, str(answers.get(field) or "")
    yield from _abroad(answers)
    yield _("How that fits together"), str(answers.get("explanation") or "")
    yield (
        _("Declared"),
        _("I declare that this is true, and I will tell you within 30 days when it changes."),
    )
    yield _("Version of the form"), str(answers.get("form_version") or "")


def _abroad(answers: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    names = dict(jurisdictions())
    for field in sorted(name for name in answers if name.startswith("country_")):
        number = field.rpartition("_")[2]
        code = str(answers[field])
        reason = answers.get(f"no_tin_{number}")
        said = [
            str(names.get(code, code)),
            str(answers.get(f"tin_{number}") or ""),
            str(NoTin(reason).label) if reason in NoTin.values else "",
            str(answers.get(f"why_{number}") or ""),
        ]
        yield _("Country or region, and taxpayer number there"), " · ".join(filter(None, said))


def _word(answers: Mapping[str, Any], field: str) -> str:
    said, choices = answers.get(field), WORDS[field]
    return str(choices(said).label) if said in choices.values else ""
