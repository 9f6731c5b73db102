"""What stands on a statement, in words."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _

from brokerage.core.display import formats
from partners.models import StatementLine
from partners.states import LineKind


def told(line: StatementLine) -> str:
    """A line in words: of a fee the whole reckoning, of a correction its reason."""
    if line.kind == LineKind.CORRECTION:
        assert line.correction is not None
        return _("Correction of {month}: {reason}").format(
            month=line.correction.statement, reason=line.correction.reason
        )
    assert line.contract is not None  # of a fee
    given = line.inputs
    return _(
        "{contract}, {basis}: {fee} × {days} of {term} days = {earned}, less {stated} stated"
    ).format(
        contract=line.contract,
        basis=line.contract.get_fee_basis_display(),
        fee=formats.money(Decimal(given["fee_yuan"])),
        days=given["days"],
        term=given["term_days"],
        earned=formats.money(Decimal(given["earned_yuan"])),
        stated=formats.money(Decimal(given["stated_yuan"])),
    )
