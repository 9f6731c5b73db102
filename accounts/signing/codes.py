"""The code by SMS that signs one row: bound to it, short-lived, few tries."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models.codes import SignedByCode
from brokerage.core.crypto import keyed_hash
from brokerage.core.saving import write_of
from brokerage.journal.record import together, write_along
from brokerage.users.codes import code_sender

CODE_LIFE = timedelta(minutes=5)
CODE_PAUSE = timedelta(seconds=60)
CODES_MOST = 10
TRIES_MOST = 5


class UnableToSign(Exception):
    """Signing, or a step before it, is refused; the message is translated and may be shown."""


class CodeWrong(UnableToSign):
    """The code is wrong; it may be typed again."""


def send_code(
    row: SignedByCode,
    *,
    phone: str,
    language: str,
    at: datetime,
    text_key: str,
    words: Mapping[str, str] | None = None,
) -> None:
    """Send a code for `row`, which the caller has locked; an earlier one stops counting.

    Args:
        text_key: of the text that says what the code signs.
        words: what that text names, in `language`.

    Raises:
        UnableToSign: when the pause is not over, or too many were sent.
    """
    code = f"{secrets.randbelow(10**6):06d}"
    if row.code_sent_at and at < row.code_sent_at + CODE_PAUSE:
        raise UnableToSign(_("Wait a minute before you ask for another code."))
    if row.codes_sent >= CODES_MOST:
        raise UnableToSign(_("Too many codes were sent. Visit an outlet, or ask our service."))
    row.code_hash, row.code_sent_at = _hash(row, code), at
    row.codes_sent, row.code_tries = row.codes_sent + 1, 0
    with together(with_rows=True):
        write_along(write_of(row, ["code_hash", "code_sent_at", "codes_sent", "code_tries"]))
        code_sender().send(
            phone=phone,
            text_key=text_key,
            code=code,
            language=language,
            purpose="sign",
            words=words,
        )


def fits(row: SignedByCode, code: str, at: datetime) -> bool:
    """Whether `code` was sent for this row as it stands, is fresh, and has tries left."""
    if not row.code_hash or row.code_tries >= TRIES_MOST or row.code_sent_at is None:
        return False
    fresh = at < row.code_sent_at + CODE_LIFE
    return fresh and hmac.compare_digest(row.code_hash, _hash(row, code.strip()))


def count_wrong(row: SignedByCode) -> None:
    """A wrong code counts, whatever the caller does; `row` is locked."""
    row.code_tries += 1
    row.save(update_fields=["code_tries"])


def wrong() -> CodeWrong:
    """What is said of a code that does not fit."""
    return CodeWrong(_("This code is wrong or too old. Type it again, or ask for another one."))


def _hash(row: SignedByCode, code: str) -> str:
    """Bound to the row and to what it contains."""
    return keyed_hash(f"{row.ref}:{row.fingerprint}:{code}", purpose="accounts.signing_code")
