"""What stands in the signed file, as data for the template (accounts/reference/agreements)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.gateways import Person
from accounts.models.signing import AgreementText, Pack
from accounts.papers.people import AGENT, related, title_of
from accounts.signing.declaration import answers_of, digest, lines
from accounts.signing.texts import blocks
from accounts.states import Step
from brokerage.core.clock import SHANGHAI


def pack_data(pack: Pack, signer: Person, *, serial: str) -> dict[str, Any]:
    """The content of the file in the language of the pack.

    Args:
        pack: signed.
        signer: who signed.
        serial: number of the certificate, hexadecimal.
    """
    documents = list(pack.documents.select_related("text"))
    assert pack.signed_at is not None
    with override(pack.language):
        return {
            "title": _("Agreements on opening a securities account"),
            "firm": _("Demonstration Securities"),
            "lang": pack.language.partition("-")[0],
            "number": _("Application {number}").format(number=str(pack.application.ref)),
            "parties": [
                row(_("Customer"), signer.name),
                row(_("Identity number"), signer.number),
                *_agents(pack),
                row(_("Firm"), _("Demonstration Securities")),
            ],
            "documents": [document(each.text) for each in documents],
            "declaration": _declaration(pack),
            "signing": {
                "title": _("Signature"),
                "rows": [
                    row(_("Signed by"), signer.name),
                    row(_("With"), _("Code by text message for these agreements")),
                    row(_("Signed at"), instant(pack.signed_at)),
                    row(_("Certificate number"), serial),
                    row(_("Fingerprint of all texts"), pack.fingerprint),
                ],
                "readings": [
                    reading(each.text.title, each.opened_at, each.seconds) for each in documents
                ],
            },
        }


def document(text: AgreementText) -> dict[str, Any]:
    """A text as it stands in a signed file, with its version and fingerprint."""
    return {
        "title": text.title,
        "version": _("version {number}").format(number=text.version),
        "fingerprint": f"SHA-256 {text.sha256}",
        "blocks": blocks(text.body),
    }


def reading(title: str, opened: datetime | None, seconds: int) -> str:
    """How long a text was open before it was signed."""
    return _("{title}: open from {start}, read for {seconds} seconds").format(
        title=title, start=instant(opened), seconds=seconds
    )


def _declaration(pack: Pack) -> dict[str, Any] | None:
    """The tax self-certification as it was signed; None in packs from before it was part."""
    if not pack.declaration:
        return None
    return {
        "title": _("Tax residence self-certification"),
        "fingerprint": f"SHA-256 {digest(pack.declaration)}",
        "rows": [row(name, said) for name, said in lines(answers_of(pack.declaration))],
    }


def _agents(pack: Pack) -> list[dict[str, str]]:
    """Who signs for an organisation; nobody where a person signs for themselves."""
    application = pack.application
    if not application.is_organisation:
        return []
    answers = application.sections.get(step=Step.IDENTITY).answers
    return [row(title_of(one.role), one.name) for one in related(answers) if one.role == AGENT]


def row(name: str, value: str) -> dict[str, str]:
    """A line of the file."""
    return {"name": name, "value": value}


def instant(at: Any) -> str:
    """An instant as the file says it."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} UTC+8"
