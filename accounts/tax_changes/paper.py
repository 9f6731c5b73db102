"""What stands in the signed file of a later tax declaration, as data for the template."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.gateways.base import Person
from accounts.models import TaxDeclaration
from accounts.signing.declaration import answers_of, lines
from accounts.signing.page import instant, row


def paper_data(
    declared: TaxDeclaration, signer: Person, *, language: str, serial: str
) -> dict[str, Any]:
    """The content of the file (form: pack.typ).

    Args:
        declared: signed.
        signer: who signed.
        language: of the file.
        serial: number of the certificate, hexadecimal.
    """
    assert declared.signed_at is not None, "it is signed"
    assert declared.changed_on is not None, "it is signed"
    with override(language):
        said = lines(answers_of(declared.declaration))
        return {
            "title": _("Tax residence self-certification"),
            "firm": _("Demonstration Securities"),
            "lang": language.partition("-")[0],
            "number": _("Application {number}").format(number=str(declared.ref)),
            "parties": [
                row(_("Customer"), signer.name),
                row(_("Identity number"), signer.number),
                row(_("Firm"), _("Demonstration Securities")),
            ],
            "documents": [],
            "declaration": {
                "title": _("Tax residence self-certification"),
                "fingerprint": f"SHA-256 {declared.fingerprint}",
                "rows": [
                    row(_("True since"), declared.changed_on.isoformat()),
                    *(row(name, answer) for name, answer in said),
                ],
            },
            "signing": {
                "title": _("Signature"),
                "rows": [
                    row(_("Signed by"), signer.name),
                    row(_("With"), _("Code by text message for exactly this declaration")),
                    row(_("Signed at"), instant(declared.signed_at)),
                    row(_("Certificate number"), serial),
                    row(_("Fingerprint of the declaration"), declared.fingerprint),
                ],
                "readings": [],
            },
        }
