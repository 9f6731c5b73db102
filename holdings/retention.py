"""Days of holdings are kept as long as the rule says; files and their errors with them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from brokerage.core.clock import business_date
from brokerage.core.retention import Policy, Rows, deleting, unneeded
from holdings.dated import RETENTION
from holdings.models import (
    Account,
    AssetEvidence,
    AssetSnapshot,
    CashBalance,
    CounterDay,
    CounterFile,
    CustomerAssets,
    MarginBalance,
    Position,
    Trade,
    UnknownAccount,
    WaivedDay,
)

EVIDENCE_KEPT = "holdings.AssetEvidence:asset_evidence_is_kept"
WAIVERS_KEPT = "holdings.WaivedDay:decided_rows_stay"


def _older(model: Any) -> Callable[[datetime], Rows]:
    def due(before: datetime) -> Rows:
        return model.objects.filter(day__lt=business_date(before))

    return due


def old_evidence(before: datetime) -> Rows:
    """Averages that were frozen before `before`."""
    return AssetEvidence.objects.filter(made_at__lt=before)


def left_accounts(before: datetime) -> Rows:
    """Accounts of customers who left before `before`, once no day of theirs is kept any more."""
    return unneeded(Account.objects.filter(customer__closed_at__lt=before))


def left_figures(before: datetime) -> Rows:
    """Newest figures of customers who left before `before`."""
    return CustomerAssets.objects.filter(customer__closed_at__lt=before)


def closed_unknown(before: datetime) -> Rows:
    """Accounts of nobody here that were closed before `before`."""
    return UnknownAccount.objects.filter(closed_on__lt=business_date(before))


_OF_ACCOUNT = {"customers.customer": "account__customer__ref"}
_OF_CUSTOMER = {"customers.customer": "customer__ref"}
POLICIES = (
    *(
        Policy(
            key=f"holdings.{model._meta.model_name}",
            label=model._meta.verbose_name_plural,
            rule=RETENTION,
            due=_older(model),
            held_by=_OF_ACCOUNT,
        )
        for model in (Position, CashBalance, MarginBalance, Trade)
    ),
    Policy(
        key="holdings.snapshots",
        label=_("Asset snapshots"),
        rule=RETENTION,
        due=_older(AssetSnapshot),
        held_by=_OF_CUSTOMER,
    ),
    Policy(
        key="holdings.figures",
        label=_("Newest figures of customers who left"),
        rule=RETENTION,
        due=left_figures,
        held_by=_OF_CUSTOMER,
    ),
    Policy(
        key="holdings.accounts",
        label=_("Counter accounts of customers who left"),
        rule=RETENTION,
        due=left_accounts,
        held_by=_OF_CUSTOMER,
    ),
    Policy(
        key="holdings.evidence",
        label=_("Frozen averages"),
        rule="retention.suitability",
        due=old_evidence,
        held_by=_OF_CUSTOMER,
        dispose=deleting(EVIDENCE_KEPT),
    ),
    Policy(
        key="holdings.files",
        label=_("Files of the trading counter"),
        rule=RETENTION,
        due=_older(CounterFile),
        held_by={"holdings.counterfile": "ref"},
    ),
    Policy(
        key="holdings.days",
        label=_("Days of the trading counter"),
        rule=RETENTION,
        due=_older(CounterDay),
        held_by={"holdings.counterday": "ref"},
    ),
    Policy(
        key="holdings.waived",
        label=_("Days given up"),
        rule=RETENTION,
        due=_older(WaivedDay),
        held_by={"holdings.waivedday": "ref"},
        dispose=deleting(WAIVERS_KEPT),
    ),
    Policy(
        key="holdings.unknown",
        label=_("Unknown accounts of the counter that were closed"),
        rule=RETENTION,
        due=closed_unknown,
        held_by={"holdings.unknownaccount": "ref"},
    ),
)
