"""Personal data at rest: authenticated encryption bound to its place, and keyed hashes.

A token reads `key id:base64(nonce + ciphertext + tag)`. The context (model, field and row ref)
is authenticated, so a value copied to another row or column does not open. The key decides the
cipher: 32 bytes are AES-256-GCM, 16 bytes SM4-GCM, so a firm that must use SM4 rotates to it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12
TAG_BYTES = 16
SM4_KEY_BYTES = 16


class CannotOpen(Exception):
    """The token was altered, moved, or sealed under a key that the ring does not hold."""


class Aead(Protocol):
    """Encryption that notices any change of the ciphertext, the nonce or the context."""

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes: ...


class Sm4Gcm:
    """SM4 (GB/T 32907) in Galois/counter mode; the tag stands at the end."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        work = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(data) + work.finalize() + work.tag

    def decrypt(self, nonce: bytes, data: bytes, associated_data: bytes) -> bytes:
        tag = data[-TAG_BYTES:]
        work = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        work.authenticate_additional_data(associated_data)
        return work.update(data[:-TAG_BYTES]) + work.finalize()


def aead(key: bytes) -> Aead:
    """The cipher of a key: AES-256-GCM for 32 bytes, SM4-GCM for 16."""
    return Sm4Gcm(key) if len(key) == SM4_KEY_BYTES else AESGCM(key)


def seal(plain: str, *, context: str) -> str:
    """Encrypt `plain` with the current key, bound to `context`."""
    return seal_bytes(plain.encode(), context=context)


def seal_bytes(plain: bytes, *, context: str) -> str:
    """Encrypt `plain` with the current key, bound to `context`; returns a printable token."""
    name = settings.KEYS.current
    nonce = os.urandom(NONCE_BYTES)
    body = aead(settings.KEYS.data[name]).encrypt(nonce, plain, context.encode())
    return f"{name}:{base64.b64encode(nonce + body).decode()}"


def unseal(token: str, *, context: str) -> str:
    """Decrypt a token that was sealed for `context`.

    Raises:
        CannotOpen: when it was altered or moved, or its key is unknown.
    """
    return unseal_bytes(token, context=context).decode()


def unseal_bytes(token: str, *, context: str) -> bytes:
    """Decrypt a token to bytes; raises CannotOpen like `unseal`."""
    name, _, body = token.partition(":")
    try:
        raw = base64.b64decode(body, validate=True)
        return aead(settings.KEYS.data[name]).decrypt(
            raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode()
        )
    except (KeyError, ValueError, InvalidTag) as error:
        raise CannotOpen(f"{context}: {type(error).__name__}") from None


def key_of(token: str) -> str:
    """The id of the key that sealed `token`."""
    return token.partition(":")[0]


def keyed_hash(value: str, *, purpose: str) -> str:
    """A keyed hash (64 hex digits) for exact look-up of `value`; one key for each purpose.

    Values are compared in NFKC form, without outer blanks, in upper case.
    """
    return _hash_under(settings.KEYS.lookup, value, purpose)


def accepted_hashes(value: str, *, purpose: str) -> list[str]:
    """The hashes under which `value` may stand while the look-up key changes, the present first.

    Look up with these (`__in`), write `keyed_hash`.
    """
    return [_hash_under(key, value, purpose) for key in settings.KEYS.lookups]


def is_hash_of(stored: str, value: str, *, purpose: str) -> bool:
    """Whether `stored` is the keyed hash of `value` under any key that is accepted."""
    found = [hmac.compare_digest(stored, one) for one in accepted_hashes(value, purpose=purpose)]
    return any(found)


def _hash_under(lookup: bytes, value: str, purpose: str) -> str:
    normal = unicodedata.normalize("NFKC", value).strip().upper()
    key = hmac.new(lookup, purpose.encode(), hashlib.sha256).digest()
    return hmac.new(key, normal.encode(), hashlib.sha256).hexdigest()
