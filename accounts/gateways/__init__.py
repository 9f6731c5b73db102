"""The counterparties of an account opening: one gateway each, real or played by the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from django.conf import settings

from accounts.gateways.bank import BankGateway, HttpBankGateway
from accounts.gateways.base import BadAnswer, NotYet, Person, Refused, Unavailable
from accounts.gateways.counter import CounterPermissions, HttpCounterPermissions
from accounts.gateways.depository import DepositoryGateway, HttpDepositoryGateway
from accounts.gateways.enterprises import EnterpriseGateway, HttpEnterpriseGateway
from accounts.gateways.face import FaceGateway, HttpFaceGateway
from accounts.gateways.identity import HttpIdentityGateway, IdentityGateway
from accounts.gateways.permissions import HttpPermissionGateway, PermissionGateway
from accounts.gateways.phone import HttpPhoneGateway, PhoneGateway
from brokerage.core.outbound import JsonClient

__all__ = [
    "COUNTERPARTIES",
    "BadAnswer",
    "Gateways",
    "NotYet",
    "Person",
    "Refused",
    "Unavailable",
    "gateways",
]

COUNTERPARTIES: Final = ("identity", "face", "phone", "depository", "bank", "enterprises")
"""Each is set by BROKERAGE_<NAME>_URL and BROKERAGE_<NAME>_TOKEN in production."""


@dataclass(frozen=True)
class Gateways:
    """Who answers in this deployment."""

    identity: IdentityGateway
    face: FaceGateway
    phone: PhoneGateway
    enterprises: EnterpriseGateway
    depository: DepositoryGateway
    bank: BankGateway
    permissions: PermissionGateway
    counter: CounterPermissions


def gateways() -> Gateways:
    """The gateways of this deployment: sandboxes exactly where SANDBOX says so."""
    if settings.SANDBOX:
        from accounts.gateways.sandbox import played

        return played()
    return _real()


@cache
def _real() -> Gateways:
    """Kept for the life of the process, because the breakers live in it."""
    clients = {
        name: JsonClient(base=url, token=token)
        for name, (url, token) in settings.COUNTERPARTIES.items()
    }
    return Gateways(
        identity=HttpIdentityGateway(clients["identity"]),
        face=HttpFaceGateway(clients["face"]),
        phone=HttpPhoneGateway(clients["phone"]),
        enterprises=HttpEnterpriseGateway(clients["enterprises"]),
        depository=HttpDepositoryGateway(clients["depository"]),
        bank=HttpBankGateway(clients["bank"]),
        permissions=HttpPermissionGateway(clients["depository"]),
        counter=HttpCounterPermissions(clients["counter"]),
    )
