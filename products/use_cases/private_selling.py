"""Sell a private fund at an outlet: sign, pay, cool off, confirm in a call or take it back."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from brokerage.core import clock
from brokerage.core.locking import lock_row
from brokerage.customers.models import Customer
from brokerage.files import api as files
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.dated import private_on
from products.files import PRIVATE_RECORDING
from products.gateways.payment import PaymentGateway
from products.models import PrivateContract, Product, Terms
from products.private_events import (
    PrivateCancelled,
    PrivateConfirmed,
    PrivateEvent,
    PrivateLapsed,
    PrivatePaid,
    PrivatePaidLate,
    PrivateRefunded,
    PrivateSigned,
    PrivateTried,
    PrivateUnpaid,
    PrivateUnreached,
)
from products.private_states import PrivateStatus
from products.use_cases import money
from products.use_cases.carrying import WORKER
from products.use_cases.order_checks import UnableToOrder, place_of
from products.use_cases.private_checks import look_at_sale, take_private_quota
from products.use_cases.private_ordering import order_fund
from products.use_cases.quotas import give_back_quota
from products.use_cases.refusals import UnableToList
from suitability.models import MatchRecord


def sign_contract(
    *,
    customer: Customer,
    product: Product,
    amount: Decimal,
    upload: Any,
    by: User,
    at: datetime,
) -> PrivateContract:
    """Take down a contract of a private fund that the customer signed before a camera.

    Args:
        amount: yuan, at least what terms and rule ask for.
        upload: the recording of what was told and signed, a video.
        by: who sells.

    Raises:
        UnableToList: `errors` names the fields: the customer is no qualified investor, it does
            not suit, something is owed, it is not for sale here, the amount does not fit, the
            quota is taken, the recording is no video, or a contract of this fund is open already.
    """
    look_at_sale(customer, product, amount, at)
    actor, ref = Actor.of(by), uuid4()
    try:
        stored = files.store(
            upload=upload, purpose=PRIVATE_RECORDING, owner_ref=ref, actor=actor, at=at
        )
    except files.UnableToStore as error:
        raise UnableToList(str(error), {"upload": [str(error)]}) from error
    try:
        with transaction.atomic():
            Product.objects.select_for_update(no_key=True).get(pk=product.pk)
            terms, decision = look_at_sale(customer, product, amount, at)
            take_private_quota(terms, amount)
            return _signed(ref, customer, product, terms, decision, amount, stored, by, at)
    except (UnableToList, IntegrityError) as error:
        files.dispose(file=stored, actor=actor, at=at, reason="no contract came of it")
        if "one_open_contract" not in str(error):
            raise
        said = _("A contract of this fund is open already.")
        raise UnableToList(said, {"product": [said]}) from error


def pay_contract(
    *, contract: PrivateContract, gateway: PaymentGateway, at: datetime
) -> PrivateContract:
    """Take the money; with it the time to cool off begins; see `money.take`."""
    return money.take(contract, gateway=gateway, at=at, steps=_steps())


def revoke_contract(
    *, contract: PrivateContract, gateway: PaymentGateway, at: datetime
) -> PrivateContract:
    """Withdraw the request for the money of what lapsed; see `money.revoke`."""
    return money.revoke(contract, gateway=gateway, at=at, steps=_steps())


def refund_contract(
    *, contract: PrivateContract, gateway: PaymentGateway, at: datetime
) -> PrivateContract:
    """Pay back what was taken back; see `money.pay_back`."""
    return money.pay_back(contract, gateway=gateway, at=at, steps=_steps())


@transaction.atomic
def cancel_contract(*, contract: PrivateContract, actor: Actor, at: datetime) -> PrivateContract:
    """The customer takes it back, without a reason, until the call has confirmed it.

    Raises:
        UnableToOrder: it binds already, or its money is on its way.
    """
    row = _locked(contract)
    if row.status == PrivateStatus.CANCELLED:
        return row
    if row.status != PrivateStatus.COOLING:
        raise UnableToOrder(_("It cannot be taken back at the moment."))
    row.move_to(PrivateStatus.CANCELLED)
    _nothing_kept(row)
    row.ended_at = at
    row.save()
    give_back_quota(row.terms_id, row.amount)
    _record(PrivateCancelled, row, at, actor)
    from products.tasks import carry_private_on  # tasks call use cases

    carry_private_on.defer(ref=str(row.ref))
    return row


@transaction.atomic
def confirm_in_call(
    *, contract: PrivateContract, note: str, by: User, at: datetime
) -> PrivateContract:
    """The customer says in a call, after the time to cool off, that they want it; it binds.

    What binds is ordered at once (`private_ordering.order_fund`).

    Args:
        note: what was said.
        by: who calls; never who sold it.

    Raises:
        UnableToList: too early, by the seller, without words, it has ended, or the fund is
            suspended: then it can only be taken back, or waits.
    """
    # the product first, as everywhere: a suspension waits for calls and calls for it
    product = Product.objects.select_for_update(no_key=True).get(pk=contract.product_id)
    row = _locked(contract)
    _require_call(row, note, by, at)
    if product.suspensions.filter(ended_at=None).exists():
        said = _("The fund is suspended: nothing binds now. The customer can take it back.")
        raise UnableToList(said)
    row.move_to(PrivateStatus.BINDING)
    row.called_by_ref, row.called_at, row.call_note = by.ref, at, note.strip()
    row.ended_at = at
    row.save()
    _record(PrivateConfirmed, row, at, Actor.of(by))
    row.order = order_fund(contract=row, at=at)
    return row


@transaction.atomic
def note_attempt(
    *, contract: PrivateContract, note: str, by: User, at: datetime
) -> PrivateContract:
    """A call brought neither a yes nor a no; it is called again until the clock is over.

    Args:
        note: what happened, such as that nobody answered.
        by: who called; never who sold it.

    Raises:
        UnableToList: too early, by the seller, without words, or it has ended.
    """
    row = _locked(contract)
    _require_call(row, note, by, at)
    row.attempts += 1
    row.tried_at = at
    row.save(update_fields=["attempts", "tried_at"])
    _record(PrivateTried, row, at, Actor.of(by), reason=note.strip())
    return row


@transaction.atomic
def give_up(*, contract: PrivateContract, at: datetime) -> PrivateContract:
    """End a contract that nobody confirmed within its clock; all of the money goes back.

    The clock is that of the rule in force when it was signed. A contract cannot be taken back
    and given up both: the second finds it ended.
    """
    row = _locked(contract)
    if row.status != PrivateStatus.COOLING or row.call_due is None:
        return row
    if at < private_on(clock.business_date(row.placed_at)).given_up(row.call_due):
        return row
    row.move_to(PrivateStatus.UNREACHED)
    _nothing_kept(row)
    row.ended_at = at
    row.save()
    give_back_quota(row.terms_id, row.amount)
    _record(PrivateUnreached, row, at)
    return row


def _require_call(row: PrivateContract, note: str, by: User, at: datetime) -> None:
    """Refuse a call that counts nothing; raises UnableToList."""
    if row.status != PrivateStatus.COOLING or row.cooling_until is None:
        raise UnableToList(_("There is nothing to confirm."))
    if at < row.cooling_until:
        raise UnableToList(_("The time to cool off is not over: a call now counts nothing."))
    if by.ref == row.seller_ref:
        raise UnableToList(_("Somebody else than the seller has to call."))
    if not note.strip():
        said = _("Write down what the customer said.")
        raise UnableToList(said, {"note": [said]})


def _signed(
    ref: UUID,
    customer: Customer,
    product: Product,
    terms: Terms,
    decision: MatchRecord,
    amount: Decimal,
    recording: Any,
    by: User,
    at: datetime,
) -> PrivateContract:
    today = clock.business_date(at)
    place = place_of(customer, today)
    row = PrivateContract.objects.create(
        ref=ref,
        customer=customer,
        product=product,
        terms=terms,
        company=place.company,
        outlet=place.outlet,
        decision=decision,
        recording=recording,
        amount=amount,
        seller_ref=by.ref,
        rule_version=private_on(today).version,
        placed_at=at,
    )
    _record(PrivateSigned, row, at, Actor.of(by))
    from products.tasks import carry_private_on  # tasks call use cases

    carry_private_on.defer(ref=str(row.ref))
    return row


def _steps() -> money.Steps[PrivateContract]:
    return money.Steps(
        lock=_locked,
        paid=_paid,
        free=lambda row: give_back_quota(row.terms_id, row.amount),
        keep_nothing=_nothing_kept,
        ended=_ended,
        late=partial(_record, PrivatePaidLate),
        back=partial(_record, PrivateRefunded),
    )


def _paid(row: PrivateContract, at: datetime) -> None:
    rules = private_on(clock.business_date(row.placed_at))
    row.move_to(PrivateStatus.COOLING)
    row.paid_at = at
    row.cooling_until, row.call_due = rules.cooling_until(at), rules.call_due(at)
    row.save()
    _record(PrivatePaid, row, at)


def _nothing_kept(row: PrivateContract) -> None:
    row.refund = row.amount


def _ended(row: PrivateContract, at: datetime) -> None:
    unpaid = row.status == PrivateStatus.UNPAID
    _record(PrivateUnpaid if unpaid else PrivateLapsed, row, at)


def _locked(contract: PrivateContract) -> PrivateContract:
    return lock_row(PrivateContract, contract.pk, "customer", "product", "terms")


def _record(
    event: type[PrivateEvent],
    row: PrivateContract,
    at: datetime,
    actor: Actor = WORKER,
    reason: str = "",
) -> None:
    told = event(subject=row.ref, customer=row.customer.ref, product=row.product.ref)
    record(told, actor=actor, at=at, reason=reason)
