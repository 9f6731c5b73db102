"""Trading permissions on their way to the trading counter (docs/gateways/counter.md)."""

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


class CounterPermissions(Protocol):
    """What the trading counter does with permissions."""

    def permit(
        self, question: PermissionsQuestion, *, key: UUID, at: datetime
    ) -> PermissionsTaken:
        """Have the counter keep exactly these permissions; the same key has one effect.

        Raises:
            Unavailable: no usable answer; asking again is always right.
        """


class HttpCounterPermissions:
    """PUT /accounts/<ref>/permissions."""

    def __init__(self, client: JsonClient) -> None:
        self.client = client

    def permit(
        self, question: PermissionsQuestion, *, key: UUID, at: datetime
    ) -> PermissionsTaken:
        """See CounterPermissions. Whatever is not 200, and does not name what is kept, is none."""
        path = f"/accounts/{UUID(question.account)}/permissions"
        headers = {"Idempotency-Key": str(key)}
        try:
            answer = self.client.call("PUT", path, body=question.to_wire(), headers=headers)
        except Unreachable as error:
            raise Unavailable(type(error).__name__) from None
        if answer.status != 200:
            raise Unavailable(f"HTTP {answer.status}")
        if _instant(answer.data.get("as_of")) < datetime.fromisoformat(question.as_of):
            raise BadAnswer("as_of")
        return PermissionsTaken()


def _instant(value: Any) -> datetime:
    """What the counter keeps is of this instant: an answer that broke off names none."""
    try:
        found = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        raise BadAnswer("as_of") from None
    if found.tzinfo is None:
        raise BadAnswer("as_of")
    return found
