"""A signed file in one go: certificate, typesetting, signature; for the worker alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives import serialization

from accounts.gateways import NotYet, Refused, Unavailable
from accounts.signing import sealing
from accounts.signing.authority import Subject, authority
from accounts.signing.sealing import Sealing
from accounts.signing.typesetting import MissingGlyphs, typeset


class CannotFileYet(Exception):
    """The file has to wait; its text says for what: `authority`, or `glyphs` and code points."""


@dataclass(frozen=True)
class Signed:
    """A file with the signature of a customer's certificate.

    Attributes:
        pdf: the file.
        serial: number of the certificate, hexadecimal.
        certificate: it and those above it, PEM.
    """

    pdf: bytes
    serial: str
    certificate: str


def make_signed(
    data_of: Callable[[str], dict[str, Any]],
    *,
    subject: Subject,
    key: UUID,
    at: datetime,
    complete: Callable[[bytes], bytes] | None = None,
) -> Signed:
    """Typeset and sign; the customer's key lives for this one signature. Not in a transaction.

    Args:
        data_of: the content of the file (form: pack.typ) for a certificate's serial number.
        subject: who signed.
        key: of what is signed; the authority issues no second certificate for it.
        at: the instant of signature and time stamp.
        complete: adds pages to the typeset ones, such as a scan, before the signature.

    Raises:
        CannotFileYet: the authority does not answer, or the fonts lack a character.
    """
    try:
        ready = sealing.prepare(authority(), subject=subject, key=key, at=at)
        serial = f"{ready.certificate.serial_number:x}"
        made = typeset(data_of(serial))
        pdf = sealing.seal(complete(made) if complete else made, ready, authority(), at=at)
    except (Unavailable, NotYet, Refused):
        raise CannotFileYet("authority") from None
    except MissingGlyphs as missing:
        raise CannotFileYet(f"glyphs {' '.join(missing.signs)}") from None
    return Signed(pdf, serial, _pem(ready))


def _pem(ready: Sealing) -> str:
    return "".join(
        one.public_bytes(serialization.Encoding.PEM).decode()
        for one in (ready.certificate, *ready.chain)
    )
