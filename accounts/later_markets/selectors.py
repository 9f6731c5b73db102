"""What the page of a customer's markets shows."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.evidence.states import CheckKind, CheckStatus
from accounts.later_markets.states import WISH_OPEN, NotOpened, WishStatus
from accounts.models import Application, MarketAccount, MarketWish, OutsideCheck
from accounts.states import LEFT_OUT, MarketStatus
from accounts.terms import Market


@dataclass(frozen=True)
class MarketLine:
    """One market.

    Attributes:
        code: of the market.
        label: its name, in the reader's language.
        account: the account, or None.
        refused: the newest wish, where it came to nothing and the market is not open.
        signed: the wish that opened it, or None.
        can_be_asked_for: whether the account lacks it and none is on its way.
    """

    code: str
    label: str
    account: MarketAccount | None
    refused: MarketWish | None
    signed: MarketWish | None
    can_be_asked_for: bool

    @property
    def is_there(self) -> bool:
        """Whether there is an account, or one is on its way."""
        return self.account is not None and self.account.status != MarketStatus.REFUSED

    @property
    def todo(self) -> str:
        """What the customer does about a refusal, in the reader's language."""
        if self.refused is None:
            return ""
        return {
            NotOpened.TOO_MANY: _(
                "Close one that you do not use with its broker, then ask again."
            ),
            NotOpened.IDENTITY: _(
                "Bring your identity document to an outlet; there it is set right."
            ),
            NotOpened.OTHER: _("Ask again, or let an outlet settle it with the depository."),
        }[NotOpened(self.refused.refusal)]


def open_wish(application: Application) -> MarketWish | None:
    """The wish that is on its way, with its text; or None."""
    rows = MarketWish.objects.select_related("application__customer__user", "text")
    return rows.filter(application=application, status__in=WISH_OPEN).first()


def markets_of(application: Application) -> list[MarketLine]:
    """Each market that is opened online, in the order of `Market`; two queries."""
    rows = application.market_accounts.exclude(refusal=LEFT_OUT)
    accounts = {row.market: row for row in rows}
    newest: dict[str, MarketWish] = {}
    for wish in MarketWish.objects.filter(application=application).order_by("pk"):
        newest[wish.market] = wish
    under_way = any(wish.is_open for wish in newest.values())
    found = []
    for market in Market:
        account, last = accounts.get(market.value), newest.get(market.value)
        lacks = account is None or account.status == MarketStatus.REFUSED
        signed = last if last and last.status == WishStatus.DONE else None
        refused = last if lacks and last and last.status == WishStatus.REFUSED else None
        found.append(
            MarketLine(
                market.value, str(market.label), account, refused, signed, lacks and not under_way
            )
        )
    return found


def steps_of(wish: MarketWish) -> list[dict[str, str]]:
    """The steps of a wish on its way: `label`, and `state` (ok, now or todo)."""
    labels = {
        WishStatus.ASKED: _("Read and sign"),
        WishStatus.SIGNED: _("The depository counts your accounts"),
        WishStatus.OPENING: _("The depository opens the account"),
    }
    now = list(labels).index(WishStatus(wish.status))
    states = ["ok" if n < now else "now" if n == now else "todo" for n in range(len(labels))]
    return [
        {"label": label, "state": state}
        for label, state in zip(labels.values(), states, strict=True)
    ]


def asked_of_depository(wish: MarketWish) -> OutsideCheck | None:
    """The question that a signed wish waits for; None where nothing is asked."""
    kind = CheckKind.LATER_OPEN if wish.status == WishStatus.OPENING else CheckKind.LATER_HELD
    rows = OutsideCheck.objects.current().filter(application=wish.application, kind=kind)
    return rows.exclude(status=CheckStatus.ANSWERED).first()
