"""Take an order or a bid down at an outlet; only the customer's yes with a code makes it one."""

from __future__ import annotations

import hashlib
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.counter.states import ReleaseEnd, ReleaseStatus
from accounts.signing import codes
from brokerage.journal.actors import Actor
from brokerage.users.models import User
from products.counter_events import CounterOrderProposed
from products.counter_states import CounterStatus
from products.models import Bid, CounterOrder, Order, SaleRelease
from products.selectors.orders import decision_for
from products.use_cases.counter_releasing import (
    close_sale,
    end_proposal,
    end_proposals,
    locked_sale,
    tell,
    tell_end,
)
from products.use_cases.counter_ways import buy_at_counter, look_at_counter
from products.use_cases.order_checks import UnableToOrder
from suitability.models import MatchRecord, Outcome
from suitability.rules.matching import Duty
from suitability.use_cases.duties import DutyOpen, require_told
from suitability.use_cases.matching import UnableToMatch

CODE_TEXT = "products.code.order"


def propose_order(
    *, release: SaleRelease, amount: Decimal, helper: User, at: datetime
) -> CounterOrder:
    """Take down an amount: the customer sees it on their phone at once.

    What was taken down before is taken back. A match that has moved is decided anew and kept,
    also where the amount is refused.

    Args:
        amount: yuan, the fee of a fund included.
        helper: who has the release open.

    Raises:
        UnableToOrder: with the field where it belongs to one; what a purchase on the portal is
            refused for, what does not suit, and what is owed to the customer before.
    """
    decision = _decided(_held(release, helper, at), Actor.of(helper), at)
    with transaction.atomic():
        row = locked_sale(release)
        _require_open(row, at)
        assert row.outlet is not None, "an opened release has its outlet"
        agreed = look_at_counter(row, amount, at)
        _require_told(decision, at)
        end_proposals(row, CounterStatus.WITHDRAWN, Actor.of(helper), at)
        made = CounterOrder.objects.create(
            release=row,
            decision=decision,
            amount=amount,
            proposed_at=at,
            **agreed,
        )
        tell(
            CounterOrderProposed,
            row,
            actor=Actor.of(helper),
            at=at,
            proposal=made.ref,
            decision=decision.ref,
            day=made.dealing_day.isoformat() if made.dealing_day else "",
            book=made.book.ref if made.book else None,
        )
        return made


@transaction.atomic
def withdraw_order(*, proposal: CounterOrder, helper: User, at: datetime) -> None:
    """The outlet takes back what waits, to type it anew; raises UnableToOrder once it is decided.

    Args:
        helper: who has the release open.
    """
    _end(proposal, CounterStatus.WITHDRAWN, Actor.of(helper), at)


@transaction.atomic
def refuse_order(*, proposal: CounterOrder, actor: Actor, at: datetime) -> None:
    """The customer says no, without a reason; raises UnableToOrder once it is decided."""
    _end(proposal, CounterStatus.REFUSED, actor, at)


@transaction.atomic
def send_code(*, proposal: CounterOrder, language: str, at: datetime) -> None:
    """Send the code for exactly this amount, day and match.

    Raises:
        UnableToSign: see `signing.codes.send_code`.
        UnableToOrder: there is nothing to confirm any more.
    """
    release, row = _waiting(proposal, at)
    row.fingerprint = fingerprint(row)
    row.save(update_fields=["fingerprint"])
    phone = release.customer.phone
    codes.send_code(row, phone=phone, language=language, at=at, text_key=CODE_TEXT)


def confirm_order(*, proposal: CounterOrder, code: str, actor: Actor, at: datetime) -> Order | Bid:
    """The customer's yes: everything is looked at once more, and it is ordered or bid for.

    Call it outside a transaction: a wrong code is counted whatever the caller does. Confirmed
    twice, it is the same order or bid.

    Raises:
        CodeWrong: wrong or old.
        UnableToOrder, LookAgain, DutyOpen: see `placing.subscribe` and `bidding.place_bid`;
            nothing is ordered, and the code can be used again while it is fresh.
    """
    made = None
    with transaction.atomic():
        release, row = _locked(proposal)
        if row.status == CounterStatus.ORDERED and row.made is not None:
            return row.made
        _require_waiting(release, row, at)
        if row.fingerprint == fingerprint(row) and codes.fits(row, code, at):
            made = _ordered(release, row, actor, at)
        else:
            codes.count_wrong(row)
    if made is None:
        raise codes.wrong()
    return made


def ask_again(*, proposal: CounterOrder, actor: Actor, at: datetime) -> CounterOrder:
    """Match and day have moved: the customer is shown them as they are now, and asked anew.

    Raises:
        UnableToOrder: there is nothing to confirm any more, or it is not for sale.
    """
    with transaction.atomic():
        release, _row = _waiting(proposal, at)
    decision = _decided(release, actor, at)
    with transaction.atomic():
        release, row = _waiting(proposal, at)
        agreed = look_at_counter(release, row.amount, at, row.book)
        row.decision, row.code_hash = decision, ""
        row.dealing_day = agreed.get("dealing_day")
        row.save()
        return row


def fingerprint(row: CounterOrder) -> str:
    """SHA-256 over what is confirmed, line by line: amount, day or book, and match."""
    about = row.book.ref if row.book else row.dealing_day
    parts = (row.ref, row.amount, about, row.decision.ref)
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()


def _ordered(release: SaleRelease, row: CounterOrder, actor: Actor, at: datetime) -> Order | Bid:
    for name, made in buy_at_counter(release, row, actor, at).items():
        setattr(row, name, made)
    assert row.made is not None, "it was just ordered or bid for"
    end_proposal(row, CounterStatus.ORDERED, at)
    tell_end(release, row, actor, at)
    close_sale(release, ReleaseEnd.STAFF, actor, at)
    return row.made


def _decided(release: SaleRelease, actor: Actor, at: datetime) -> MatchRecord:
    """The match of today, decided anew where it has moved."""
    language = get_language() or "zh-hans"
    try:
        return decision_for(
            release.customer, release.product, language=language, actor=actor, at=at
        )
    except UnableToMatch as error:
        raise UnableToOrder(str(error)) from error


def _require_told(decision: MatchRecord, at: datetime) -> None:
    if decision.outcome == Outcome.REFUSED:
        raise UnableToOrder(_("This does not suit the customer, so it is not sold."))
    try:
        require_told(decision=decision, at=at)
    except DutyOpen as due:
        if due.duty is Duty.INSIST_ROUTE:
            said = _("This does not suit the customer. Never invite to it.")
        else:
            said = _("First the customer has to be told what is owed before a purchase.")
        raise UnableToOrder(said) from due


def _end(proposal: CounterOrder, status: CounterStatus, actor: Actor, at: datetime) -> None:
    release, row = _waiting(proposal, at)
    end_proposal(row, status, at)
    tell_end(release, row, actor, at)


def _held(release: SaleRelease, helper: User, at: datetime) -> SaleRelease:
    """The release, where this person has it open."""
    rows = SaleRelease.objects.opened_by(helper, at).select_related("customer", "product__item")
    found = rows.filter(pk=release.pk).first()
    if found is None:
        raise _over()
    return found


def _require_open(release: SaleRelease, at: datetime) -> None:
    if release.status != ReleaseStatus.IN_USE or release.until <= at:
        raise _over()


def _over() -> UnableToOrder:
    return UnableToOrder(
        _("The customer's release has ended. Nothing was saved; ask for a new code.")
    )


def _locked(proposal: CounterOrder) -> tuple[SaleRelease, CounterOrder]:
    release = locked_sale(proposal.release)
    rows = CounterOrder.objects.select_for_update(of=("self",))
    wanted = ("decision__item", "decision__customer", "order", "book__product__item", "bid")
    row = rows.select_related(*wanted).get(pk=proposal.pk)
    return release, row


def _waiting(proposal: CounterOrder, at: datetime) -> tuple[SaleRelease, CounterOrder]:
    release, row = _locked(proposal)
    _require_waiting(release, row, at)
    return release, row


def _require_waiting(release: SaleRelease, row: CounterOrder, at: datetime) -> None:
    if row.status != CounterStatus.PROPOSED or release.until <= at:
        raise UnableToOrder(_("There is nothing to confirm any more. Ask at the counter."))
