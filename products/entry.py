"""Which entry requirements follow from what a product is by law, and their keys."""

from __future__ import annotations

from products.states import Family

PRIVATE_FUNDS, PLANS = "qualified_private", "qualified_plan"
"""Keys of requirements: a qualified investor for private funds, and for asset-management plans."""
ENTRY: dict[Family, str] = {Family.PRIVATE: PRIVATE_FUNDS, Family.PLAN: PLANS}
"""By family; the two laws have thresholds of their own (domain handbook 5)."""
