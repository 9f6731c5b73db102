"""Which fund does the same for less, and which of the same type carries less risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from suitability.rules.grades import Grade


@dataclass(frozen=True, kw_only=True)
class Fund:
    """What counts of a fund for the comparison.

    Attributes:
        key: of the product.
        code: of its item; decides between equals.
        kind: family, type and grade of risk; only alike ones are compared.
        yearly: what it takes a year, as a share of the value.
    """

    key: int
    code: str
    kind: tuple[str, str, str]
    yearly: Decimal

    @property
    def height(self) -> int:
        """How high its grade is, 1 to 5."""
        return Grade(self.kind[2]).height


def cheaper(held: Fund, others: Sequence[Fund], least: Decimal) -> list[Fund]:
    """Funds of the same kind that take less by `least` (a share of the value) at least.

    The cheapest comes first. Costs of buying and selling are not part of it; the text says so.
    """
    found = [
        each
        for each in others
        if each.kind == held.kind and each.key != held.key and held.yearly - each.yearly >= least
    ]
    return sorted(found, key=lambda each: (each.yearly, each.code))


def milder(held: Fund, others: Sequence[Fund], steps: int) -> list[Fund]:
    """Funds of the same family and type whose grade is lower by `steps` at least.

    The one nearest to the held one's grade comes first, of these the cheapest.
    """
    found = [
        each
        for each in others
        if each.kind[:2] == held.kind[:2] and held.height - each.height >= steps
    ]
    return sorted(found, key=lambda each: (-each.height, each.yearly, each.code))
