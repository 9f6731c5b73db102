"""What stands in the signed file, as data for the template (accounts/reference/agreements)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.gateways import Person
from accounts.models.signing import Pack
from accounts.signing.texts import blocks
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
                _row(_("Customer"), signer.name),
                _row(_("Identity number"), signer.number),
                _row(_("Firm"), _("Demonstration Securities")),
            ],
            "documents": [
                {
                    "title": row.text.title,
                    "version": _("version {number}").format(number=row.text.version),
                    "fingerprint": f"SHA-256 {row.text.sha256}",
                    "blocks": blocks(row.text.body),
                }
                for row in documents
            ],
            "signing": {
                "title": _("Signature"),
                "rows": [
                    _row(_("Signed by"), signer.name),
                    _row(_("With"), _("Code by text message for these agreements")),
                    _row(_("Signed at"), _instant(pack.signed_at)),
                    _row(_("Certificate number"), serial),
                    _row(_("Fingerprint of all texts"), pack.fingerprint),
                ],
                "readings": [
                    _("{title}: open from {start}, read for {seconds} seconds").format(
                        title=row.text.title,
                        start=_instant(row.opened_at),
                        seconds=row.seconds,
                    )
                    for row in documents
                ],
            },
        }


def _row(name: str, value: str) -> dict[str, str]:
    return {"name": name, "value": value}


def _instant(at: Any) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S} UTC+8"
