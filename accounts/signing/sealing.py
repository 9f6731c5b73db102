"""PAdES signatures: a key for one file, a certificate for it, a time stamp; and checking them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from accounts.signing.authority import CertificateAuthority, Subject, common_name

FIELD = "Customer"
SPARE = 10_000
"""Bytes kept for signature and time stamp beside our certificates; a stamp brings its own."""


@dataclass(frozen=True)
class Sealing:
    """A key in memory with its certificate, for one signature.

    Attributes:
        certificate: of the customer.
        chain: above it, the root last.
        key: never stored.
    """

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: ec.EllipticCurvePrivateKey


@dataclass(frozen=True)
class Checked:
    """What a file says of its signature.

    Attributes:
        valid: intact, by a certificate of a trusted root, over the whole file, stamped.
        signer: common name of the certificate.
        serial: its serial number, hexadecimal.
        stamped_at: instant of the time stamp.
        problem: one word where it is not valid.
    """

    valid: bool
    signer: str = ""
    serial: str = ""
    stamped_at: datetime | None = None
    problem: str = ""


def prepare(
    authority: CertificateAuthority, *, subject: Subject, key: UUID, at: datetime
) -> Sealing:
    """A fresh key with a certificate from the authority; raises what `issue` raises."""
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common_name(subject.name))])
    request = (
        x509.CertificateSigningRequestBuilder().subject_name(name).sign(private, hashes.SHA256())
    )
    issued = authority.issue(request, subject=subject, key=key, at=at)
    return Sealing(issued.certificate, issued.chain, private)


def seal(pdf: bytes, sealing: Sealing, authority: CertificateAuthority, *, at: datetime) -> bytes:
    """The signed file; about 40 ms.

    Room for the signature is reserved by its certificates. Trying one out to learn its size, as
    pyhanko does by default, takes as long again and asks the authority for a stamp too many.
    """
    from asn1crypto import keys
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import fields, signers
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    certificates = [_asn1(one) for one in (sealing.certificate, *sealing.chain)]
    store = SimpleCertificateStore()
    store.register_multiple(certificates[1:])
    signer = signers.SimpleSigner(
        signing_cert=certificates[0],
        signing_key=keys.PrivateKeyInfo.load(
            sealing.key.private_bytes(
                serialization.Encoding.DER,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        ),
        cert_registry=store,
    )
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    fields.append_signature_field(writer, fields.SigFieldSpec(FIELD))
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD,
        md_algorithm="sha256",
        subfilter=fields.SigSeedSubFilter.PADES,
    )
    signed: io.BytesIO = signers.PdfSigner(
        meta, signer=signer, timestamper=authority.timestamper(at)
    ).sign_pdf(writer, bytes_reserved=2 * (SPARE + sum(len(one.dump()) for one in certificates)))
    return signed.getvalue()


def check(signed: bytes, *, roots: Sequence[x509.Certificate]) -> Checked:
    """Check the signature of a file without asking anybody.

    Args:
        signed: the whole file.
        roots: certificates to trust.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator import ValidationContext

    def trust() -> Any:
        return ValidationContext(trust_roots=[_asn1(root) for root in roots], allow_fetching=False)

    try:
        found = PdfFileReader(io.BytesIO(signed)).embedded_signatures
        if len(found) != 1:
            return Checked(False, problem="signatures")
        status = validate_pdf_signature(found[0], trust(), ts_validation_context=trust())
    except (PdfError, SignatureValidationError, SigningError, ValueError, TypeError, KeyError):
        return Checked(False, problem="unreadable")
    stamp = status.timestamp_validity
    problem = (
        "changed"
        if not (status.intact and status.valid)
        else "untrusted"
        if not status.trusted
        else "stamp"
        if stamp is None or not (stamp.valid and stamp.trusted)
        else ""
        if status.bottom_line
        else "incomplete"
    )
    certificate = status.signing_cert
    return Checked(
        valid=not problem,
        signer=str(certificate.subject.native.get("common_name", "")),
        serial=f"{certificate.serial_number:x}",
        stamped_at=stamp.timestamp if stamp else None,
        problem=problem,
    )


def _asn1(certificate: x509.Certificate) -> Any:
    from asn1crypto import x509 as asn1

    return asn1.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
