"""Background entry points of links to banks: load, one call."""

from __future__ import annotations

from accounts.banking.states import ChangeStatus
from accounts.models import BankChange, CustodyLink
from accounts.states import CashStatus, LinkStatus
from accounts.use_cases.link_bank import go_on_asking
from brokerage.core import clock
from brokerage.core.jobs import schedule


@schedule("15 22 * * *")  # 06:15 in Shanghai
def ask_banks_again(timestamp: int) -> None:
    """Go on asking about what customers finish at their banks, for as long as it is open there."""
    at = clock.now()
    links = CustodyLink.objects.filter(status=LinkStatus.AT_BANK)
    links = links.exclude(cash__status=CashStatus.CLOSED).select_related("cash__application")
    for link in links.order_by("pk").iterator(chunk_size=500):
        go_on_asking(application=link.cash.application, bank=link.bank, at=at)
    changes = BankChange.objects.filter(status=ChangeStatus.AT_BANK)
    for change in changes.select_related("application").order_by("pk").iterator(chunk_size=500):
        go_on_asking(application=change.application, bank=change.bank, at=at)
