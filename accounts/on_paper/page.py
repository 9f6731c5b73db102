"""What stands on the print and on the cover of the sealed file, as data for pack.typ."""

from __future__ import annotations

import json
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.gateways import Person
from accounts.models import Pack, PaperSigning
from accounts.on_paper.states import PaperLook
from accounts.signing.declaration import answers_of, digest, lines
from accounts.signing.page import document, instant, row
from accounts.signing.typesetting import unprintable

SEAL = "演示证券"
"""The name in the certificate of the firm's seal."""


def spelled(text: str) -> str:
    """A text with the code points of what no font shows in its place: 江[U+30000]."""
    lacking = set(unprintable(text))
    return "".join(f"[U+{ord(sign):04X}]" if sign in lacking else sign for sign in text)


def print_data(paper: PaperSigning) -> dict[str, Any]:
    """What is printed and signed by hand, in the language of the pack."""
    pack = paper.pack
    with override(pack.language):
        return {
            **_head(paper),
            "documents": [document(each.text) for each in pack.documents.select_related("text")],
            "declaration": _declaration(paper),
            "signing": {
                "title": _("Signature by hand"),
                "rows": [
                    row(_("Number of this print"), paper.short_ref),
                    row(_("Printed at"), instant(paper.printed_at)),
                    row(_("Outlet"), f"{paper.outlet.name} · {paper.outlet.code}"),
                ],
                "hashes": _texts(pack),
                "readings": [
                    _("Write your name as it stands on your document, and sign on each page."),
                    _("Two people of the outlet check name, person and pages."),
                ],
            },
            "hand": [
                _("Name, written by hand"),
                _("Signature"),
                _("Date"),
                _("Seen by (first person)"),
                _("Seen by (second person)"),
            ],
        }


def cover_data(paper: PaperSigning, pages: list[str], *, serial: str) -> dict[str, Any]:
    """The page before the scan: who signed and looked, and the hash of everything.

    Args:
        paper: confirmed.
        pages: the SHA-256 of each page that follows.
        serial: number of the seal's certificate, hexadecimal.
    """
    pack = paper.pack
    assert paper.scanned_at is not None, "a confirmed paper was scanned"
    assert paper.confirmed_at is not None, "and confirmed"
    with override(pack.language):
        return {
            **_head(paper),
            "documents": [],
            "declaration": _declaration(paper),
            "signing": {
                "title": _("Signed by hand on paper"),
                "rows": [
                    row(_("Reason"), str(paper.get_reason_display())),
                    row(_("Outlet"), f"{paper.outlet.name} · {paper.outlet.code}"),
                    row(_("Number of the print"), paper.short_ref),
                    row(_("Printed at"), instant(paper.printed_at)),
                    row(_("Scanned at"), instant(paper.scanned_at)),
                    row(_("Confirmed at"), instant(paper.confirmed_at)),
                    row(_("First person"), str(paper.helper.ref)),
                    row(_("Second person"), str(paper.second.ref if paper.second else "")),
                    row(_("Sealed by"), _("Demonstration Securities")),
                    row(_("Certificate number"), serial),
                ],
                "hashes": [
                    row(_("Hash of the print"), f"SHA-256 {paper.print_sha256}"),
                    *_texts(pack),
                    *[
                        row(_("Page {number}").format(number=number), f"SHA-256 {sha256}")
                        for number, sha256 in enumerate(pages, start=1)
                    ],
                ],
                "readings": [str(PaperLook(each).label) for each in paper.looks],
            },
        }


def _head(paper: PaperSigning) -> dict[str, Any]:
    signer = Person(**json.loads(paper.signer or "{}"))
    return {
        "title": _("Agreements on opening a securities account"),
        "firm": _("Demonstration Securities"),
        "lang": paper.pack.language.partition("-")[0],
        "number": _("Application {number}, print {print}").format(
            number=str(paper.application.ref), print=paper.short_ref
        ),
        "parties": [
            row(_("Customer"), spelled(signer.name)),
            row(_("Identity number"), signer.number),
            row(_("Firm"), _("Demonstration Securities")),
        ],
    }


def _texts(pack: Pack) -> list[dict[str, str]]:
    documents = pack.documents.select_related("text")
    return [
        *[row(each.text.title, f"SHA-256 {each.text.sha256}") for each in documents],
        row(_("Fingerprint of all texts"), f"SHA-256 {pack.fingerprint}"),
    ]


def _declaration(paper: PaperSigning) -> dict[str, Any] | None:
    if not paper.declaration:
        return None
    return {
        "title": _("Tax residence self-certification"),
        "fingerprint": f"SHA-256 {digest(paper.declaration)}",
        "rows": [row(name, spelled(said)) for name, said in lines(answers_of(paper.declaration))],
    }
