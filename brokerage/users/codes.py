"""The port through which codes and notices leave by SMS; messaging plugs its sender in.

`text_key` names the text: `users.code.<purpose>` carries a code, the others do not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, NamedTuple, Protocol

SIGN_IN: Final = "users.code.sign_in"
SIGN_UP: Final = "users.code.sign_up"
STEP_UP: Final = "users.code.step_up"
NEW_PHONE: Final = "users.code.new_phone"
STAFF_ENTRY: Final = "users.notice.staff_entry"  # a staff number was typed: no code
CLOSED: Final = "users.notice.closed"  # the log-in is switched off: no code
TAKEN: Final = "users.notice.taken"  # the wanted number belongs to another log-in: no code

TEXT_KEYS: Final = (SIGN_IN, SIGN_UP, STEP_UP, NEW_PHONE, STAFF_ENTRY, CLOSED, TAKEN)


class CodeSender(Protocol):
    """Hands one text to the SMS channel, inside the caller's transaction."""

    def send(
        self,
        *,
        phone: str,
        text_key: str,
        code: str,
        language: str,
        purpose: str,
        words: Mapping[str, str] | None = None,
    ) -> None:
        """Send the text `text_key` to `phone`.

        Args:
            phone: E.164, such as +8613800138000.
            text_key: one of TEXT_KEYS.
            code: six digits; empty for a notice.
            language: zh-hans or en.
            purpose: a value of `users.models.Purpose`.
            words: what else the text names (such as what the code signs), in `language`.
        """


class Sent(NamedTuple):
    """What the recording sender keeps of a text."""

    phone: str
    text_key: str
    code: str
    language: str
    purpose: str
    words: Mapping[str, str]


@dataclass
class RecordingSender:
    """Sends nothing and remembers everything; for tests."""

    sent: list[Sent] = field(default_factory=list)

    def send(
        self,
        *,
        phone: str,
        text_key: str,
        code: str,
        language: str,
        purpose: str,
        words: Mapping[str, str] | None = None,
    ) -> None:
        self.sent.append(Sent(phone, text_key, code, language, purpose, words or {}))


class NoCodeSender(Exception):
    """No app has plugged a sender in."""


class _Port:
    sender: CodeSender | None = None


def set_code_sender(sender: CodeSender | None) -> CodeSender | None:
    """Plug `sender` in and return the one before it."""
    before, _Port.sender = _Port.sender, sender
    return before


def code_sender() -> CodeSender:
    """The sender in use; raises NoCodeSender where there is none."""
    if _Port.sender is None:
        raise NoCodeSender("No SMS sender: call users.codes.set_code_sender in apps.ready().")
    return _Port.sender
