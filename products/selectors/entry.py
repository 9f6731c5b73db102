"""Which entry requirements of products a customer meets, as matching wants to know it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from brokerage.customers.models import Customer
from products.dated import qualified_on
from products.entry import ENTRY, PLANS, PRIVATE_FUNDS
from products.models import QualifiedInvestor
from products.states import Family, QualifiedFor
from suitability.models import InvestorStatus
from suitability.profiles import standing_of
from suitability.rules.matching import InvestorFacts

OWN = {PRIVATE_FUNDS: QualifiedFor.PRIVATE, PLANS: QualifiedFor.PLAN}


def entries_met(
    customer: Customer, on: date, asked: Iterable[str], *, investor: InvestorFacts | None = None
) -> frozenset[str]:
    """Those among the asked requirements that are proved on the business date `on`.

    Qualified investors are proved here; every other key is a fact that an app tells of the
    customer (`suitability.profiles.standings`): a permission that is held, a signed disclosure, a
    proof from a document. What nobody tells is not met.

    Args:
        asked: keys of requirements; nothing is read where none is asked.
        investor: what counts of the customer on that day, where the caller knows it.
    """
    wanted = frozenset(asked)
    met: set[str] = set()
    if wanted & OWN.keys():
        met |= wanted & _qualified(customer, on, investor)
    if rest := wanted - OWN.keys():
        facts = standing_of(customer, on).facts
        met |= {key for key in rest if key in facts and facts[key].holds}
    return frozenset(met)


def is_qualified_for(customer: Customer, family: str, on: date) -> bool:
    """Whether a customer may be shown and sold what only qualified investors may have."""
    key = ENTRY.get(Family(family))
    return key is None or key in entries_met(customer, on, [key])


def _qualified(customer: Customer, on: date, investor: InvestorFacts | None) -> set[str]:
    rows = QualifiedInvestor.objects.approved().on(on).filter(customer=customer)
    proved = set(rows.values_list("products", flat=True))
    found = {key for key, products in OWN.items() if products.value in proved}
    if found == OWN.keys():
        return found
    if investor is None:
        status = InvestorStatus.objects.in_force(on).filter(customer=customer).first()
        kind = status.professional if status else None
    else:
        kind = investor.professional
    return set(OWN) if kind is not None and kind in qualified_on(on).kinds else found
