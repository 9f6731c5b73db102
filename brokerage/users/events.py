"""What happens to a log-in. Subjects are users' refs; messaging tells their owners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from brokerage.journal.events import Event


@dataclass(frozen=True, kw_only=True)
class LogInEvent(Event):
    """Base: something about one log-in; `subject` is the user's ref."""

    subject_type: ClassVar[str] = "users.user"


@dataclass(frozen=True, kw_only=True)
class SignedUp(LogInEvent):
    """A customer's number was proved for the first time."""

    kind: ClassVar[str] = "users.signed_up"


@dataclass(frozen=True, kw_only=True)
class SignedIn(LogInEvent):
    """A session began.

    Attributes:
        method: code, password or passkey.
    """

    kind: ClassVar[str] = "users.signed_in"
    method: str


@dataclass(frozen=True, kw_only=True)
class SignInBlocked(LogInEvent):
    """Tries were used up; written once for each bound, not for each try.

    Attributes:
        bound: code (five wrong tries of one code) or password (delay for this log-in).
    """

    kind: ClassVar[str] = "users.sign_in_blocked"
    bound: str


@dataclass(frozen=True, kw_only=True)
class NewDeviceSeen(LogInEvent):
    """Somebody signed in from a browser that had not been used for this log-in.

    Attributes:
        device: ref of `users.Device`, which names browser and network.
    """

    kind: ClassVar[str] = "users.new_device_seen"
    device: UUID


@dataclass(frozen=True, kw_only=True)
class SessionEnded(LogInEvent):
    """The owner ended one of their other sessions."""

    kind: ClassVar[str] = "users.session_ended"


@dataclass(frozen=True, kw_only=True)
class SignedOutEverywhere(LogInEvent):
    """All sessions of the log-in were ended."""

    kind: ClassVar[str] = "users.signed_out_everywhere"


@dataclass(frozen=True, kw_only=True)
class PhoneChanged(LogInEvent):
    """The number was changed, both numbers having been proved.

    Attributes:
        past_phone: ref of `users.PastPhone`, the number to tell as well.
    """

    kind: ClassVar[str] = "users.phone_changed"
    past_phone: UUID


@dataclass(frozen=True, kw_only=True)
class CodeLimitLifted(LogInEvent):
    """Staff let the codes sent so far count no longer."""

    kind: ClassVar[str] = "users.code_limit_lifted"


@dataclass(frozen=True, kw_only=True)
class SteppedUp(LogInEvent):
    """The owner proved themselves again before a sensitive act.

    Attributes:
        method: code, password or mfa.
    """

    kind: ClassVar[str] = "users.stepped_up"
    method: str


@dataclass(frozen=True, kw_only=True)
class FactorAdded(LogInEvent):
    """A second factor was added.

    Attributes:
        factor: totp, webauthn or recovery_codes.
    """

    kind: ClassVar[str] = "users.factor_added"
    factor: str


@dataclass(frozen=True, kw_only=True)
class FactorRemoved(LogInEvent):
    """A second factor was removed; `factor` as in FactorAdded."""

    kind: ClassVar[str] = "users.factor_removed"
    factor: str


@dataclass(frozen=True, kw_only=True)
class PasswordChanged(LogInEvent):
    """The password was changed or reset by e-mail."""

    kind: ClassVar[str] = "users.password_changed"


@dataclass(frozen=True, kw_only=True)
class SwitchedOff(LogInEvent):
    """The log-in was switched off, its sessions ended."""

    kind: ClassVar[str] = "users.switched_off"


@dataclass(frozen=True, kw_only=True)
class SwitchedOn(LogInEvent):
    """The log-in may be used again."""

    kind: ClassVar[str] = "users.switched_on"
