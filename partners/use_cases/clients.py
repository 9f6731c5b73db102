"""API clients: made, given new secrets with overlap, suspended."""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.idp.oidc.models import Client
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from branches.use_cases.service_points import end_hosting
from brokerage.core.locking import lock_row
from brokerage.core.refusals import RefusedByField
from brokerage.journal.actors import Actor
from brokerage.journal.record import record
from partners.events import (
    ClientResumed,
    ClientSuspended,
    NetworksChanged,
    PartnerStatusChanged,
    ScopesChanged,
    SecretIssued,
)
from partners.models import ApiClient, Credential, Partner
from partners.states import PartnerStatus

OVERLAP = timedelta(days=7)
"""So long two secrets live: a release of the institution's own program fits into a week. No dated
rule: it is part of the published interface, and a longer life of secrets is a change of code."""


class UnableToIssue(Exception):
    """No secret can be made now; the message is translated and may be shown."""


class UnableToMakeClient(RefusedByField):
    """The client cannot be made; `errors` gives the translated messages by field."""


@dataclass(frozen=True)
class Secret:
    """Shown once, never kept: only a slow hash of it is stored."""

    client_id: str
    client_secret: str

    def __repr__(self) -> str:
        return f"Secret(client_id={self.client_id!r})"


def make_client(
    *, partner: Partner, name: str, scopes: Sequence[str], actor: Actor, at: datetime
) -> tuple[ApiClient, Secret]:
    """Make a client with its first secret.

    Raises:
        UnableToMakeClient: when the institution has a client of this name.
    """
    with transaction.atomic():
        locked = lock_row(Partner, partner.pk)
        if locked.clients.filter(name=name).exists():
            raise UnableToMakeClient({"name": [_("The institution has a client of this name.")]})
        api_client = ApiClient.objects.create(
            partner=partner, name=name, scopes=[str(scope) for scope in scopes], created_at=at
        )
        return api_client, _issue(api_client, actor=actor, at=at)


def rotate_secret(
    *, api_client: ApiClient, actor: Actor, at: datetime, overlap: timedelta = OVERLAP
) -> Secret:
    """Make a second secret; the present one works for `overlap` longer.

    Raises:
        UnableToIssue: while both slots are alive, or the client is suspended.
    """
    with transaction.atomic():
        locked = lock_row(ApiClient, api_client.pk)
        if locked.suspended_at:
            raise UnableToIssue(_("This client is suspended."))
        secret = _issue(locked, actor=actor, at=at)
        others = locked.credentials.exclude(oauth_client_id=secret.client_id)
        others.filter(retires_at=None).update(retires_at=at + overlap)
    return secret


def replace_secrets(*, api_client: ApiClient, actor: Actor, at: datetime) -> Secret:
    """Make a secret and let every other one die at once, with its tokens: one has leaked.

    Raises:
        UnableToIssue: when the client is suspended.
    """
    with transaction.atomic():
        locked = lock_row(ApiClient, api_client.pk)
        if locked.suspended_at:
            raise UnableToIssue(_("This client is suspended."))
        locked.credentials.update(retires_at=at)
        return _issue(locked, actor=actor, at=at)


def resume_client(*, api_client: ApiClient, actor: Actor, at: datetime) -> None:
    """Let a suspended client call again with the secrets that it has."""
    with transaction.atomic():
        locked = lock_row(ApiClient, api_client.pk)
        if locked.suspended_at is not None:
            locked.suspended_at = None
            locked.save(update_fields=["suspended_at"])
            record(ClientResumed(subject=locked.ref), actor=actor, at=at)


def set_scopes(
    *, api_client: ApiClient, scopes: Sequence[str], actor: Actor, at: datetime
) -> None:
    """Let a client ask for these scopes from now on; tokens that hold more are refused."""
    with transaction.atomic():
        locked = lock_row(ApiClient, api_client.pk)
        locked.scopes = [str(scope) for scope in scopes]
        locked.save(update_fields=["scopes"])
        for credential in locked.credentials.select_related("oauth_client"):
            credential.oauth_client.set_scopes(locked.scopes)
            credential.oauth_client.set_default_scopes(locked.scopes)
            credential.oauth_client.save()
        record(ScopesChanged(subject=locked.ref, scopes=locked.scopes), actor=actor, at=at)


def suspend_client(*, api_client: ApiClient, actor: Actor, at: datetime) -> None:
    """Stop a client: tokens that it holds fail from the next request on."""
    with transaction.atomic():
        locked = lock_row(ApiClient, api_client.pk)
        if locked.suspended_at is None:
            locked.suspended_at = at
            locked.save(update_fields=["suspended_at"])
            record(ClientSuspended(subject=locked.ref), actor=actor, at=at)


def networks_of(texts: Iterable[str]) -> list[str]:
    """Networks and single addresses in their usual form.

    Raises:
        ValueError: with the text that is none.
    """
    found = []
    for text in texts:
        try:
            found.append(str(ipaddress.ip_network(text, strict=False)))
        except ValueError:
            raise ValueError(text[:60]) from None
    return sorted(set(found))


def set_networks(
    *, api_client: ApiClient, networks: list[str], actor: Actor, at: datetime
) -> None:
    """Let a client call from these networks only; from anywhere where there are none.

    Args:
        networks: as `networks_of` gives them.
    """
    with transaction.atomic():
        locked = lock_row(ApiClient, api_client.pk)
        locked.networks = networks
        locked.save(update_fields=["networks"])
        record(NetworksChanged(subject=locked.ref, networks=networks), actor=actor, at=at)


def set_partner_status(
    *, partner: Partner, status: PartnerStatus, actor: Actor, at: datetime, reason: str = ""
) -> Partner:
    """Suspend, take back or end an institution; clients, links and our desks there follow at once.

    Raises:
        IllegalTransition: when the step is not in the table.
    """
    with transaction.atomic():
        locked = lock_row(Partner, partner.pk)
        locked.move_to(status)
        locked.save(update_fields=["status"])
        record(
            PartnerStatusChanged(subject=locked.ref, status=locked.status),
            actor=actor,
            at=at,
            reason=reason,
        )
        if status != PartnerStatus.ACTIVE:
            end_hosting(institution=locked.ref, actor=actor, at=at, reason=reason)
    return locked


def _issue(api_client: ApiClient, *, actor: Actor, at: datetime) -> Secret:
    # The library's clients of retired secrets go, and their tokens with them.
    retired = Client.objects.filter(
        Q(credential__retires_at__lte=at), credential__api_client=api_client
    )
    retired.delete()
    used = set(api_client.credentials.values_list("slot", flat=True))
    free = [slot for slot in Credential.SLOTS if slot not in used]
    if not free:
        raise UnableToIssue(_("Two secrets are alive. Wait until the older one has retired."))
    plain = secrets.token_urlsafe(32)
    client = Client(name=api_client.name[:100], type=Client.Type.CONFIDENTIAL)
    client.set_scopes(api_client.scopes)
    client.set_default_scopes(api_client.scopes)
    client.set_grant_types([Client.GrantType.CLIENT_CREDENTIALS])
    client.set_response_types([])
    client.set_secret(plain)
    client.save()
    Credential.objects.create(api_client=api_client, oauth_client=client, slot=free[0], made_at=at)
    record(
        SecretIssued(subject=api_client.ref, slot=free[0], oauth_client=client.id),
        actor=actor,
        at=at,
    )
    return Secret(client.id, plain)
