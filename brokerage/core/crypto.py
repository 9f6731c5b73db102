"""Personal data at rest: AES-256-GCM bound to its place, and keyed hashes for exact look-up.

A token reads `key id:base64(nonce + ciphertext + tag)`. The context (model, field and row ref)
is authenticated, so a value copied to another row or column does not open.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import unicodedata

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


class CannotOpen(Exception):
    """The token was altered, moved, or sealed under a key that the ring does not hold."""


def seal(plain: str, *, context: str) -> str:
    """Encrypt `plain` with the current key, bound to `context`."""
    return seal_bytes(plain.encode(), context=context)


def seal_bytes(plain: bytes, *, context: str) -> str:
    """Encrypt `plain` with the current key, bound to `context`; returns a printable token."""
    name = settings.KEYS.current
    nonce = os.urandom(NONCE_BYTES)
    body = AESGCM(settings.KEYS.data[name]).encrypt(nonce, plain, context.encode())
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
        return AESGCM(settings.KEYS.data[name]).decrypt(
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
    normal = unicodedata.normalize("NFKC", value).strip().upper()
    key = hmac.new(settings.KEYS.lookup, purpose.encode(), hashlib.sha256).digest()
    return hmac.new(key, normal.encode(), hashlib.sha256).hexdigest()
