"""What stands in the signed file of a wish for another market, as data for the template."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.gateways.base import Person
from accounts.models import MarketWish
from accounts.signing.page import document, instant, reading, row
from accounts.terms import Market


def paper_data(wish: MarketWish, signer: Person, *, serial: str) -> dict[str, Any]:
    """The content of the file in the language of the text (form: pack.typ).

    Args:
        wish: signed.
        signer: who signed.
        serial: number of the certificate, hexadecimal.
    """
    text, opened, read = wish.text, wish.text_opened_at, wish.text_read_at
    assert read is not None, "a signature covers a text that was read"
    assert wish.signed_at is not None, "it is signed"
    with override(text.language):
        return {
            "title": text.title,
            "firm": _("Demonstration Securities"),
            "lang": text.language.partition("-")[0],
            "number": _("Application {number}").format(number=str(wish.ref)),
            "parties": [
                row(_("Customer"), signer.name),
                row(_("Identity number"), signer.number),
                row(_("Firm"), _("Demonstration Securities")),
                row(_("Market"), str(Market(wish.market).label)),
            ],
            "documents": [document(text)],
            "signing": {
                "title": _("Signature"),
                "rows": [
                    row(_("Signed by"), signer.name),
                    row(_("With"), _("Code by text message for exactly this market and text")),
                    row(_("Signed at"), instant(wish.signed_at)),
                    row(_("Certificate number"), serial),
                    row(_("Fingerprint of account, market and text"), wish.fingerprint),
                ],
                "readings": [reading(text.title, opened, int((read - opened).total_seconds()))],
            },
        }
