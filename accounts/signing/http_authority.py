"""A certificate authority over HTTP; its contract stands in docs/gateways/ca.md."""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from accounts.gateways.base import BadAnswer, ask, text
from accounts.signing.authority import Issued, Subject
from brokerage.core.outbound import JsonClient

MOST = 20_000


class HttpAuthority:
    """POST /certificates and POST /timestamps; the roots lie in a file of this deployment."""

    def __init__(self, url: str, token: str, *, roots: Path) -> None:
        self.client = JsonClient(base=url, token=token)
        self.roots_file = roots

    def issue(
        self, request: x509.CertificateSigningRequest, *, subject: Subject, key: UUID, at: datetime
    ) -> Issued:
        """See CertificateAuthority; refuses a certificate for another key or name."""
        body = {
            "request": request.public_bytes(serialization.Encoding.PEM).decode(),
            "name": subject.name,
            "reference": subject.reference,
        }
        data = ask(self.client, "/certificates", body, key)
        certificate, *chain = _certificates(data)
        if certificate.public_key() != request.public_key():
            raise BadAnswer("key")
        return Issued(certificate, tuple(chain))

    def roots(self) -> list[x509.Certificate]:
        """From the file; without one, nothing is trusted."""
        if not self.roots_file.exists():
            return []
        return x509.load_pem_x509_certificates(self.roots_file.read_bytes())

    def timestamper(self, at: datetime) -> Any:
        """Asks the authority for each stamp; its own clock counts."""
        return _timestamper(self.client)


def _timestamper(client: JsonClient) -> Any:
    from asn1crypto import tsp
    from pyhanko.sign.timestamps import TimeStamper

    class HttpTimeStamper(TimeStamper):
        """RFC 3161 tokens through the same client as everything else."""

        async def async_request_tsa_response(self, req: Any) -> Any:
            body = {"request": base64.b64encode(req.dump()).decode()}
            data = ask(client, "/timestamps", body, uuid4())
            try:
                raw = base64.b64decode(text(data, "response", most=MOST), validate=True)
                return tsp.TimeStampResp.load(raw)
            except (binascii.Error, ValueError):
                raise BadAnswer("response") from None

    return HttpTimeStamper()  # type: ignore[no-untyped-call]  # its parent has no types


def _certificates(data: dict[str, Any]) -> list[x509.Certificate]:
    chain = data.get("certificates")
    if not isinstance(chain, str) or not 0 < len(chain) <= MOST:
        raise BadAnswer("certificates")
    try:
        return x509.load_pem_x509_certificates(chain.encode())
    except ValueError:
        raise BadAnswer("certificates") from None
