"""Lists to choose from, as they stood some seconds ago at most."""

from __future__ import annotations

from brokerage.core.trusted import trusted
from brokerage.reference.models import Code, CodeList, CustodyBank


@trusted
def custody_banks() -> tuple[CustodyBank, ...]:
    """Every bank that keeps customers' money, in order, with those that are offered no more."""
    return tuple(CustodyBank.objects.all())


@trusted
def offered_codes(of: CodeList) -> tuple[Code, ...]:
    """What may be chosen of a code list, in order."""
    return tuple(Code.objects.filter(list=of, is_offered=True))
