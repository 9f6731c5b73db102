"""The certificate authority and its time stamps: real ones over HTTP, or the sandbox' own.

The customer's key is made in memory, used once and forgotten; only the certificate stays. So no
key of a customer can be stolen or misused later, and the certificate may live as long as the
signed file has to be checkable without anybody calling it expired.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from cryptography import x509
from django.conf import settings

COUNTRY = "CN"


@dataclass(frozen=True)
class Subject:
    """Whom a certificate is for.

    Attributes:
        name: as the identity check confirmed it.
        reference: stands in the subject's serial number; a public ref, never an identity number.
    """

    name: str
    reference: str


@dataclass(frozen=True)
class Issued:
    """A certificate with those above it, the root last."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]


def common_name(name: str) -> str:
    """A name as a certificate holds it: whole characters, 64 bytes at most (21 of Chinese)."""
    return name.encode()[:64].decode(errors="ignore")


class CertificateAuthority(Protocol):
    """Issues certificates for people whose identity was confirmed, and stamps time."""

    def issue(
        self, request: x509.CertificateSigningRequest, *, subject: Subject, key: UUID, at: datetime
    ) -> Issued:
        """A certificate for the key of `request`; the same `key` issues one.

        Raises:
            Unavailable, NotYet, Refused (accounts.gateways).
        """

    def roots(self) -> list[x509.Certificate]:
        """The roots to trust when a signature is checked; known without asking anybody."""

    def timestamper(self, at: datetime) -> Any:
        """A pyhanko TimeStamper whose token says `at` (sandbox) or the authority's own time."""


@cache
def _of(sandbox: bool) -> CertificateAuthority:
    if sandbox:
        from accounts.signing.local_authority import LocalAuthority

        return LocalAuthority(settings.CA_DIR)
    from accounts.signing.http_authority import HttpAuthority

    return HttpAuthority(*settings.COUNTERPARTIES["ca"], roots=settings.CA_DIR / "roots.pem")


def authority() -> CertificateAuthority:
    """The authority of this deployment; the sandbox' exactly where SANDBOX says so."""
    return _of(settings.SANDBOX)
