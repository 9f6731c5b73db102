"""Who may come to the desk of an institution, and what is open to them today."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from uuid import UUID

from django.contrib.auth.views import redirect_to_login
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache

from brokerage.core import clock, scope
from brokerage.journal.actors import Actor
from brokerage.users.models import Kind, User
from partners.models import Contract, Operator, Partner
from partners.states import ApiScope, OperatorStatus, scopes_of

M = TypeVar("M", bound=Model)
View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Place:
    """A page of the desk in its menus; `names` are the routes that belong to it."""

    label: Any
    name: str
    icon: str
    names: frozenset[str]

    @property
    def url(self) -> str:
        return reverse(f"partners:{self.name}")


def _place(label: Any, name: str, icon: str, *more: str) -> Place:
    return Place(label, name, icon, frozenset([name, *more]))


PLACES = (
    _place(pgettext_lazy("operator", "Overview"), "desk", "home", "materials", "remarks"),
    _place(pgettext_lazy("operator", "Keys"), "keys", "key", "rotate_key"),
    _place(_("Webhooks"), "webhooks", "swap", "webhook", "webhook_act", "webhook_secret"),
    _place(pgettext_lazy("operator", "Codes"), "codes", "qr", "code"),
    _place(_("Statements"), "statements", "list", "statement"),
)


@dataclass(frozen=True)
class Desk:
    """Where an operator sits.

    Attributes:
        user: the log-in.
        partner: the one institution that they act for.
        contract: what holds with it today; None while it only reads its statements.
    """

    user: User
    partner: Partner
    contract: Contract | None

    @property
    def actor(self) -> Actor:
        """The operator, for the journal."""
        return Actor.of(self.user)

    @property
    def scopes(self) -> frozenset[str]:
        """What the contract opens today."""
        return scopes_of(self.contract.activities) if self.contract else frozenset()

    @property
    def places(self) -> list[Place]:
        """The pages that are open to them today, for the menus."""
        asked = {ApiScope.CAMPAIGNS_WRITE: "codes"}
        closed = {name for scope, name in asked.items() if not self.may(scope)}
        late = {"desk", "statements"}
        return [
            place
            for place in PLACES
            if place.name in late or (self.contract and place.name not in closed)
        ]

    def may(self, asked: ApiScope) -> bool:
        """Whether the contract of today opens this."""
        return asked in self.scopes

    def own_or_404(self, rows: QuerySet[M] | type[M], ref: UUID) -> M:
        """A row of this institution; anybody else's and none give the same 404."""
        return scope.visible_or_404(rows, self.user, ref=ref)

    def need(self, asked: ApiScope) -> None:
        """Raise Http404 where the contract of today does not open this."""
        if not self.may(asked):
            raise Http404


def for_operators(*, late: bool = False) -> Callable[[View], View]:
    """Let a view run for an operator at work only; it gets the `Desk` behind the request.

    Asked anew with each request: a suspension, the end of the contract or of the person act at
    once. A second factor is demanded by the middleware of log-in.

    Args:
        late: also while the institution only reads its statements.
    """

    def decorate(view: View) -> View:
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("staff_login"))
            desk = desk_of(request.user)
            if desk is None or (desk.contract is None and not late):
                return closed(request, desk)
            return view(request, desk, *args, **kwargs)

        return guarded

    return decorate


def desk_of(user: Any) -> Desk | None:
    """The desk of an operator; None where their institution may not act, or they do not.

    Raises:
        Http404: for everybody who is no operator.
    """
    if user.kind != Kind.PARTNER:
        raise Http404
    at = clock.now()
    found = Operator.objects.acting(at).filter(user=user).select_related("partner").first()
    if found is None:
        return None
    contract: Contract | None = None
    if Partner.objects.working(at).filter(pk=found.partner.pk).exists():
        held = Contract.objects.in_force(clock.business_date(at)).filter(partner=found.partner)
        contract = held.first()
    return Desk(user, found.partner, contract)


def closed(request: HttpRequest, desk: Desk | None) -> HttpResponse:
    """Nothing is open to this person now: said plainly, with whom to ask."""
    sits = Operator.objects.filter(user=request.user.pk, status=OperatorStatus.ACTIVE)
    sat = sits.select_related("partner").first()
    context = {"desk": desk, "institution": sat.partner if sat else None}
    return render(request, "partners/desk/closed.html", context, status=403)
