"""Time stamps of the sandbox' authority. Imports pyhanko: for the worker alone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from asn1crypto import cms, core
from asn1crypto import x509 as asn1
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pyhanko.sign.general import as_signing_certificate, simple_cms_attribute
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

SHA256 = "sha256"
_attribute: Any = simple_cms_attribute


class LocalStamps(DummyTimeStamper):
    """Stamps one instant. The one of pyhanko reads and proves its RSA key anew for each stamp."""

    def __init__(
        self,
        certificate: asn1.Certificate,
        key: rsa.RSAPrivateKey,
        *,
        root: asn1.Certificate,
        at: datetime,
    ) -> None:
        store = SimpleCertificateStore()
        store.register(root)
        super().__init__(certificate, None, certs_to_embed=store, fixed_dt=at)
        self.key = key

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> Any:
        if md_algorithm != SHA256:
            raise ValueError(f"No stamp for {md_algorithm}.")
        digest = hashes.Hash(hashes.SHA256())
        digest.update(tst_info_data)
        attributes = cms.CMSAttributes(
            [
                _attribute("content_type", "tst_info"),
                _attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                _attribute("signing_certificate", as_signing_certificate(self.tsa_cert)),
                _attribute("message_digest", digest.finalize()),
            ]
        )
        return self.key.sign(attributes.dump(), padding.PKCS1v15(), hashes.SHA256()), attributes
