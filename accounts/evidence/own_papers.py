"""The signed agreements, for the customer who signed them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.evidence.states import PackStatus
from accounts.models import Application, MarketWish, Pack, TaxDeclaration
from brokerage.core.display import formats
from brokerage.customers.own_papers import Paper
from brokerage.files import api as files


def signed_agreements(user: Any) -> Iterator[Paper]:
    """Sealed files of a customer: later markets and declarations, openings; newest first."""
    rows = Pack.objects.filter(application__customer__user=user, status=PackStatus.SEALED)
    wishes = MarketWish.objects.filter(application__customer__user=user, sealed_at__isnull=False)
    yield from _markets(list(wishes.select_related("text").order_by("-sealed_at")), user)
    declared = TaxDeclaration.objects.filter(
        application__customer__user=user, sealed_at__isnull=False
    )
    yield from _declarations(list(declared.order_by("-sealed_at")), user)
    yield from _papers(list(rows.order_by("-sealed_at")), user)


def signed_file(application: Application, user: Any) -> Paper | None:
    """The sealed file of one application, where this user may open it now."""
    rows = Pack.objects.filter(application=application, status=PackStatus.SEALED)
    return next(_papers(list(rows), user), None)


def _markets(wishes: list[MarketWish], user: Any) -> Iterator[Paper]:
    opens = files.openable(user, [wish.file_ref for wish in wishes if wish.file_ref])
    for wish in wishes:
        if wish.file_ref in opens:
            yield Paper(title=wish.text.title, url=reverse("files:file", args=[wish.file_ref]))


def _declarations(rows: list[TaxDeclaration], user: Any) -> Iterator[Paper]:
    opens = files.openable(user, [row.file_ref for row in rows if row.file_ref])
    for row in rows:
        if row.file_ref in opens and row.signed_at:
            when = formats.moment(row.signed_at)
            yield Paper(
                title=_("Tax declaration, signed {when}").format(when=when),
                url=reverse("files:file", args=[row.file_ref]),
            )


def _papers(packs: list[Pack], user: Any) -> Iterator[Paper]:
    opens = files.openable(user, [pack.file_ref for pack in packs if pack.file_ref])
    for pack in packs:
        if pack.file_ref in opens:
            assert pack.signed_at is not None, "a sealed pack was signed"
            when = formats.moment(pack.signed_at)
            yield Paper(
                title=_("Agreements of your account, signed {when}").format(when=when),
                url=reverse("files:file", args=[pack.file_ref]),
            )
