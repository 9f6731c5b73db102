"""Register issuers and products, and propose the terms on which they are sold."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.backoffice.four_eyes import FourEyesRefused
from brokerage.core import clock
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from products.entry import ENTRY
from products.events import (
    IssuerNamed,
    ProductListed,
    ProductPublished,
    TermsProposed,
    VettingProposed,
)
from products.families import ATTRIBUTES, problems_of
from products.models import Issuer, Product, Quota, Terms, Vetting
from products.rules.costs import BadFees, read_fees
from products.states import Family
from products.use_cases.plan_checks import require_not_open, require_plan_least
from products.use_cases.refusals import UnableToList, check


@transaction.atomic
def name_issuer(*, actor: Actor, at: datetime, **values: Any) -> Issuer:
    """Register an issuer; its products can be sold once it was vetted.

    Args:
        values: the columns of Issuer.

    Raises:
        UnableToList: `errors` names the fields.
    """
    issuer = Issuer(created_at=at, **values)
    check(issuer)
    issuer.save()
    record(IssuerNamed(subject=issuer.ref), actor=actor, at=at)
    return issuer


@transaction.atomic
def propose_vetting(
    *,
    issuer: Issuer,
    findings: str,
    valid_from: date,
    valid_to: date | None,
    maker: User,
    at: datetime,
) -> Vetting:
    """Propose that an issuer was looked at and is good for some days.

    Args:
        valid_from: first business date it counts.
        valid_to: first business date it counts no more.

    Raises:
        UnableToList: `errors` names the fields.
    """
    row = Vetting(
        issuer=issuer,
        findings=findings.strip(),
        valid_from=valid_from,
        valid_to=valid_to,
        made_by_ref=maker.ref,
        made_at=at,
    )
    check(row)
    row.save()
    record(VettingProposed(subject=row.ref, issuer=issuer.ref), actor=Actor.of(maker), at=at)
    return row


@transaction.atomic
def list_product(*, actor: Actor, at: datetime, **values: Any) -> Product:
    """Register a product onto its graded item; its terms of sale follow.

    What only qualified investors may buy gets this as an entry requirement of its item.

    Args:
        values: the columns of Product.

    Raises:
        UnableToList: `errors` names the fields; attributes have to be those of the family.
    """
    product = Product(created_at=at, **values)
    check(product)
    if wrong := problems_of(product.family, product.attributes):
        known = {each.key: str(each.label) for each in ATTRIBUTES[Family(product.family)]}
        said = _("Check these attributes: {names}").format(
            names=", ".join(known.get(key, key) for key in wrong)
        )
        raise UnableToList(said, {"attributes": [said]})
    require_not_open(product.family, product.on_open_shelf, clock.business_date(at))
    _require_entry(product)
    product.save()
    record(ProductListed(subject=product.ref, family=product.family), actor=actor, at=at)
    return product


@transaction.atomic
def propose_terms(*, product: Product, maker: User, at: datetime, **values: Any) -> Terms:
    """Propose the terms on which a product is sold; approving them publishes it.

    Args:
        values: the columns of Terms but maker and decision.

    Raises:
        UnableToList: `errors` names the fields.
    """
    row = Terms(product=product, made_by_ref=maker.ref, made_at=at, **values)
    try:
        read_fees(row.fees)
    except BadFees as error:
        said = _("This table of fees cannot be read: {part}").format(part=error.part)
        raise UnableToList(said, {"fees": [said]}) from error
    check(row)
    require_plan_least(product, row.minimum, row.valid_from)
    row.save()
    event = TermsProposed(subject=product.ref, valid_from=row.valid_from)
    record(event, actor=Actor.of(maker), at=at)
    return row


def terms_approved(row: Terms, checker: User, at: datetime) -> None:
    """Count its quota and tell that a product is published; runs in the approval's transaction."""
    if row.valid_to is not None and row.valid_to <= row.valid_from:
        raise FourEyesRefused(_("These terms hold on no day."))
    if row.quota is not None:
        Quota.objects.create(terms=row, total=row.quota)
    event = ProductPublished(subject=row.product.ref, valid_from=row.valid_from)
    record(event, actor=Actor.of(checker), at=at)


def _require_entry(product: Product) -> None:
    """Matching refuses whoever has not proved what the law asks for this family."""
    key, item = ENTRY.get(Family(product.family)), product.item
    if key is not None and key not in item.requirements:
        item.requirements = [*item.requirements, key]
        item.save(update_fields=["requirements"])
