"""The sandbox' certificate authority: on this machine, trusted by nobody else, and says so.

Its folder holds `root.pem` and `stamps.pem` in the clear, and their private keys sealed with the
key ring; the database holds none of them. It is made at first use.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from accounts.signing.authority import COUNTRY, Issued, Subject, common_name
from brokerage.core.crypto import seal_bytes, unseal_bytes

FIRM = "演示证券（沙箱，不作任何用途）"
LIFE = timedelta(days=25 * 365)  # beyond the twenty years that a signed file is kept
ROOT_LIFE = timedelta(days=40 * 365)
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
PrivateKey = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


class LocalAuthority:
    """See the module; replaceable by any CertificateAuthority."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._root: tuple[x509.Certificate, PrivateKey] | None = None
        self._stamps: tuple[x509.Certificate, PrivateKey] | None = None

    def issue(
        self, request: x509.CertificateSigningRequest, *, subject: Subject, key: UUID, at: datetime
    ) -> Issued:
        """See CertificateAuthority; `key` becomes the serial number, so it issues one."""
        root, root_key = self._get_root()
        made = (
            _builder(_name(subject.name, subject.reference), root.subject, at - timedelta(hours=1))
            .serial_number(key.int >> 1)
            .public_key(request.public_key())
            .add_extension(_usage(sign=True), critical=True)
            .add_extension(_issuer_of(root), critical=False)
            .sign(root_key, hashes.SHA256())
        )
        return Issued(made, (root,))

    def roots(self) -> list[x509.Certificate]:
        """The one root."""
        return [self._get_root()[0]]

    def timestamper(self, at: datetime) -> Any:
        """Stamps `at`, because the sandbox' clock can be moved."""
        from asn1crypto import x509 as asn1

        from accounts.signing.local_stamps import LocalStamps

        certificate, key = self._get_stamps()
        assert isinstance(key, rsa.RSAPrivateKey)
        chain = [self._get_root()[0], certificate]
        root, own = (asn1.Certificate.load(_der(one)) for one in chain)
        return LocalStamps(own, key, root=root, at=at)

    def _get_root(self) -> tuple[x509.Certificate, PrivateKey]:
        if self._root is None:
            self._root = self._kept("root", _make_root)
        return self._root

    def _get_stamps(self) -> tuple[x509.Certificate, PrivateKey]:
        if self._stamps is None:
            root, root_key = self._get_root()
            self._stamps = self._kept("stamps", lambda: _make_stamps(root, root_key))
        return self._stamps

    def _kept(
        self, name: str, make: Callable[[], tuple[x509.Certificate, PrivateKey]]
    ) -> tuple[x509.Certificate, PrivateKey]:
        """Certificate and key from one file, made unless there is one."""
        path = self.folder / f"{name}.pem"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            certificate, key = make()
            sealed = seal_bytes(_plain(key), context=f"accounts.ca.{name}")
            _write(path, certificate.public_bytes(serialization.Encoding.PEM), sealed)
        text = path.read_bytes()
        certificate = x509.load_pem_x509_certificate(text)
        sealed = text.decode().rstrip().rpartition("\n")[2]
        plain = unseal_bytes(sealed, context=f"accounts.ca.{name}")
        private = serialization.load_der_private_key(plain, None)
        assert isinstance(private, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey)
        return certificate, private


def _write(path: Path, certificate: bytes, sealed: str) -> None:
    """One file in one step; where another process was first, its pair stays."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(certificate + sealed.encode() + b"\n")
        out.flush()
        os.fsync(out.fileno())
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        temporary.unlink()


def _make_root() -> tuple[x509.Certificate, PrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Sandbox Root CA {x509.random_serial_number() % 10**6:06d}")
    made = (
        _builder(name, name, SINCE, ROOT_LIFE)
        .serial_number(x509.random_serial_number())
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(_usage(sign=False), critical=True)
        .sign(key, hashes.SHA256())
    )
    return made, key


def _make_stamps(
    root: x509.Certificate, root_key: PrivateKey
) -> tuple[x509.Certificate, PrivateKey]:
    key = rsa.generate_private_key(65537, 2048)
    made = (
        _builder(_name("Sandbox Time Stamps"), root.subject, SINCE, ROOT_LIFE)
        .serial_number(x509.random_serial_number())
        .public_key(key.public_key())
        .add_extension(_usage(sign=True), critical=True)
        .add_extension(_issuer_of(root), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    return made, key


def _builder(
    subject: x509.Name, issuer: x509.Name, since: datetime, life: timedelta = LIFE
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .not_valid_before(since)
        .not_valid_after(since + life)
    )


def _issuer_of(root: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    known = root.extensions.get_extension_for_class(x509.SubjectKeyIdentifier)
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(known.value)


def _name(common: str, reference: str = "") -> x509.Name:
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, COUNTRY),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, FIRM),
        x509.NameAttribute(NameOID.COMMON_NAME, common_name(common)),
    ]
    if reference:
        parts.append(x509.NameAttribute(NameOID.SERIAL_NUMBER, reference))
    return x509.Name(parts)


def _usage(*, sign: bool) -> x509.KeyUsage:
    """A person or a stamp signs documents, the root signs certificates."""
    return x509.KeyUsage(
        digital_signature=sign,
        content_commitment=sign,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not sign,
        crl_sign=not sign,
        encipher_only=False,
        decipher_only=False,
    )


def _der(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.DER)


def _plain(key: PrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.DER,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
