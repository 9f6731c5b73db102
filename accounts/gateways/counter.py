"""What the trading counter is told of permissions and passwords (docs/gateways/counter.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Self
from uuid import UUID

from accounts.evidence.states import CheckResult
from accounts.gateways.base import BadAnswer, Unavailable
from brokerage.core.outbound import JsonClient, Unreachable


@dataclass(frozen=True)
class HeldPermission:
    """One permission that somebody has or had.

    Attributes:
        permission: its key, such as `star`.
        state: `granted`, `suspended` or `revoked`; buying is open in the first only, selling and
            reducing in all of them.
        counts_from: ISO date of the first day on which it may be used.
    """

    permission: str
    state: str
    counts_from: str


@dataclass(frozen=True)
class PermissionsQuestion:
    """Everything that an account may trade beyond ordinary shares; it replaces what was told.

    Attributes:
        account: ref of the counter account.
        permissions: all of them; one that is not among them was never held.
        as_of: ISO instant of the decision; the counter ignores what is older than what it has.
    """

    account: str
    permissions: tuple[HeldPermission, ...]
    as_of: str

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """The question from its plain values."""
        held = tuple(HeldPermission(**each) for each in values["permissions"])
        return cls(values["account"], held, values["as_of"])

    def to_wire(self) -> dict[str, Any]:
        """The instant and the list, as the contract shows them."""
        return {
            "as_of": self.as_of,
            "permissions": [
                {
                    "permission": each.permission,
                    "state": each.state,
                    "counts_from": each.counts_from,
                }
                for each in self.permissions
            ],
        }


@dataclass(frozen=True)
class PermissionsTaken:
    """The counter keeps them."""

    result: str = CheckResult.TAKEN.value


@dataclass(frozen=True)
class SetPin:
    """That a password is set, never the password nor anything made from it.

    Attributes:
        kind: `trading` or `fund`.
        set_at: ISO instant since when it holds.
    """

    kind: str
    set_at: str


@dataclass(frozen=True)
class PinsQuestion:
    """Since when each password of an account holds; it replaces what was told.

    Attributes:
        account: ref of the counter account.
        pins: all that are set.
        as_of: ISO instant of what is told.
    """

    account: str
    pins: tuple[SetPin, ...]
    as_of: str

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """The question from its plain values."""
        pins = tuple(SetPin(**each) for each in values["pins"])
        return cls(values["account"], pins, values["as_of"])

    def to_wire(self) -> dict[str, Any]:
        """The instant and the list, as the contract shows them."""
        pins = [{"kind": each.kind, "set_at": each.set_at} for each in self.pins]
        return {"as_of": self.as_of, "passwords": pins}


@dataclass(frozen=True)
class PinsTaken:
    """The counter knows since when they hold."""

    result: str = CheckResult.TAKEN.value


class CounterPermissions(Protocol):
    """What the trading counter is told about an account."""

    def permit(
        self, question: PermissionsQuestion, *, key: UUID, at: datetime
    ) -> PermissionsTaken:
        """Have the counter keep exactly these permissions; the same key has one effect.

        Raises:
            Unavailable: no usable answer; asking again is always right.
        """

    def note_pins(self, question: PinsQuestion, *, key: UUID, at: datetime) -> PinsTaken:
        """Have the counter end what was signed in with an earlier password.

        Raises:
            Unavailable: no usable answer; asking again is always right.
        """


class HttpCounterPermissions:
    """PUT /accounts/<ref>/permissions and /accounts/<ref>/passwords."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def permit(
        self, question: PermissionsQuestion, *, key: UUID, at: datetime
    ) -> PermissionsTaken:
        """See CounterPermissions."""
        self._put("permissions", question, key)
        return PermissionsTaken()

    def note_pins(self, question: PinsQuestion, *, key: UUID, at: datetime) -> PinsTaken:
        """See CounterPermissions."""
        self._put("passwords", question, key)
        return PinsTaken()

    def _put(self, what: str, question: PermissionsQuestion | PinsQuestion, key: UUID) -> None:
        """Whatever is not 200, or does not name what the counter keeps, is no answer."""
        path = f"/accounts/{UUID(question.account)}/{what}"
        headers = {"Idempotency-Key": str(key)}
        try:
            answer = self.client.call("PUT", path, body=question.to_wire(), headers=headers)
        except Unreachable as error:
            raise Unavailable(type(error).__name__) from None
        if answer.status != 200:
            raise Unavailable(f"HTTP {answer.status}")
        if _instant(answer.data.get("as_of")) < datetime.fromisoformat(question.as_of):
            raise BadAnswer("as_of")


def _instant(value: Any) -> datetime:
    """What the counter keeps is of this instant: an answer that broke off names none."""
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise BadAnswer("as_of") from None
    if found.tzinfo is None:
        raise BadAnswer("as_of")
    return found
