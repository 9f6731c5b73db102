"""Which products an institution may display: proposed here, approved by a second person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from brokerage.users.models import User
from partners.desk_events import ShelfApproved, ShelfProposed
from partners.models import Shelf
from products.models import Product


class UnableToShelve(RefusedByField):
    """It cannot be displayed so; `errors` gives the translated messages by field."""


@transaction.atomic
def propose_shelf(*, maker: User, at: datetime, **values: Any) -> Shelf:
    """Propose what an institution may display from a day on; a second person decides.

    Args:
        values: the columns of Shelf that a person fills; `codes` are those of products that
            stand on the open shelf.

    Raises:
        UnableToShelve: naming the field.
    """
    row = Shelf(made_by_ref=maker.ref, made_at=at, **values)
    row.codes = sorted(set(row.codes))
    errors = _unknown(row.codes)
    try:
        row.full_clean(exclude=set(errors))
    except ValidationError as error:
        errors = error.message_dict | errors
    if errors:
        raise UnableToShelve(errors)
    row.save()
    record(
        ShelfProposed(subject=row.ref, partner=row.partner.ref),
        actor=Actor.of(maker),
        at=at,
        reason=row.reason,
    )
    return row


def approved(shelf: Shelf, checker: User, at: datetime) -> None:
    """Say in the institution's own history that it displays something else."""
    record(
        ShelfApproved(subject=shelf.partner.ref, shelf=shelf.ref, valid_from=shelf.valid_from),
        actor=Actor.of(checker),
        at=at,
    )


def _unknown(codes: list[str]) -> dict[str, list[str]]:
    """What to say of codes that no product on the open shelf has."""
    known = Product.objects.openly().filter(item__code__in=codes)
    missing = set(codes) - set(known.values_list("item__code", flat=True))
    if not missing:
        return {}
    text = _("No product on the open shelf has this code: {codes}.")
    return {"codes": [text.format(codes=", ".join(sorted(missing)))]}
