"""Which question goes to which counterparty: how it is kept, and how it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from accounts.documents.portraits import portrait
from accounts.evidence.states import CheckKind
from accounts.gateways import Gateways
from accounts.gateways.bank import (
    CardQuestion,
    LinkQuestion,
    LinkStateQuestion,
    UnlinkQuestion,
)
from accounts.gateways.base import Person
from accounts.gateways.counter import PermissionsQuestion, PinsQuestion
from accounts.gateways.depository import (
    ChangeQuestion,
    CloseQuestion,
    ClosingAccount,
    OpenQuestion,
)
from accounts.gateways.enterprises import EnterpriseQuestion
from accounts.gateways.face import FaceQuestion
from accounts.gateways.limits import LimitsQuestion, tell_counter
from accounts.gateways.permissions import Ended, WithdrawalQuestion
from accounts.gateways.phone import PhoneQuestion


@dataclass(frozen=True)
class FaceFiles:
    """The question of a face comparison as it is kept: which files, not what they show.

    Attributes:
        live: ref of the recording or picture of the person before the camera.
        reference: ref of the picture of the document.
        number: identity number.
    """

    live: str
    reference: str
    number: str


KeptQuestion = (
    Person
    | FaceFiles
    | PhoneQuestion
    | OpenQuestion
    | CardQuestion
    | LinkQuestion
    | LinkStateQuestion
    | CloseQuestion
    | UnlinkQuestion
    | LimitsQuestion
    | ChangeQuestion
    | PermissionsQuestion
    | WithdrawalQuestion
    | PinsQuestion
    | EnterpriseQuestion
)
"""IDENTITY, KEY_POLICE, HOLDINGS, LATER_HELD: a Person; the others: the class of their name."""

Call = Callable[[Gateways, dict[str, Any], UUID, datetime], Any]


def _person(values: dict[str, Any]) -> Person:
    return Person(**values)


def _card(values: dict[str, Any]) -> CardQuestion:
    return CardQuestion(**{**values, "person": _person(values["person"])})


def _identity(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    return to.identity.verify(_person(asked), key=key, at=at)


def _face(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    question = FaceQuestion(portrait(asked["live"]), portrait(asked["reference"]), asked["number"])
    return to.face.compare(question, key=key, at=at)


def _phone(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    question = PhoneQuestion(_person(asked["person"]), asked["phone"])
    return to.phone.verify(question, key=key, at=at)


def _registry(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    question = EnterpriseQuestion(_person(asked["body"]), asked["representative"])
    return to.enterprises.look_up(question, key=key, at=at)


def _holdings(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    return to.depository.holdings(_person(asked), key=key, at=at)


def _opening(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    question = OpenQuestion(_person(asked["person"]), tuple(asked["types"]), asked["one_code"])
    return to.depository.open(question, key=key, at=at)


def _card_check(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    return to.bank.check_card(_card(asked), key=key, at=at)


def _link(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    return to.bank.link(LinkQuestion(**{**asked, "card": _card(asked["card"])}), key=key, at=at)


def _link_state(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    question = LinkStateQuestion(**{**asked, "person": _person(asked["person"])})
    return to.bank.link_state(question, key=key, at=at)


def _closing(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    accounts = tuple(ClosingAccount(**each) for each in asked["accounts"])
    question = CloseQuestion(**{**asked, "person": _person(asked["person"]), "accounts": accounts})
    return to.depository.close(question, key=key, at=at)


def _unlink(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    question = UnlinkQuestion(**{**asked, "person": _person(asked["person"])})
    return to.bank.unlink(question, key=key, at=at)


def _key_change(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    before, after = (_person(asked[name]) for name in ("before", "after"))
    question = ChangeQuestion(before, after, asked["one_code"])
    return to.depository.change(question, key=key, at=at)


def _limits(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    """The counter is a counterparty of `holdings`, so it is not among the gateways here."""
    return tell_counter(LimitsQuestion(**asked), key=key, at=at)


def _permitted(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    return to.counter.permit(PermissionsQuestion.of(asked), key=key, at=at)


def _pins(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    return to.counter.note_pins(PinsQuestion.of(asked), key=key, at=at)


def _withdrawn(to: Gateways, asked: dict[str, Any], key: UUID, at: datetime) -> Any:
    ended = tuple(Ended(**each) for each in asked["ended"])
    return to.permissions.withdraw(
        WithdrawalQuestion(_person(asked["person"]), ended), key=key, at=at
    )


CALLS: dict[str, Call] = {
    CheckKind.IDENTITY: _identity,
    CheckKind.FACE: _face,
    CheckKind.PHONE: _phone,
    CheckKind.REGISTRY: _registry,
    CheckKind.HOLDINGS: _holdings,
    CheckKind.OPENING: _opening,
    CheckKind.CARD: _card_check,
    CheckKind.LINK: _link,
    CheckKind.LINK_STATE: _link_state,
    CheckKind.RELINK: _link,
    CheckKind.CLOSING: _closing,
    CheckKind.UNLINK: _unlink,
    CheckKind.LIMITS: _limits,
    CheckKind.KEY_POLICE: _identity,
    CheckKind.KEY_CHANGE: _key_change,
    CheckKind.PERMITTED: _permitted,
    CheckKind.WITHDRAWN: _withdrawn,
    CheckKind.PINS: _pins,
    CheckKind.LATER_HELD: _holdings,
    CheckKind.LATER_OPEN: _opening,
}
ASKED_WITH: dict[str, type[KeptQuestion]] = {
    CheckKind.IDENTITY: Person,
    CheckKind.FACE: FaceFiles,
    CheckKind.PHONE: PhoneQuestion,
    CheckKind.REGISTRY: EnterpriseQuestion,
    CheckKind.HOLDINGS: Person,
    CheckKind.OPENING: OpenQuestion,
    CheckKind.CARD: CardQuestion,
    CheckKind.LINK: LinkQuestion,
    CheckKind.LINK_STATE: LinkStateQuestion,
    CheckKind.RELINK: LinkQuestion,
    CheckKind.CLOSING: CloseQuestion,
    CheckKind.UNLINK: UnlinkQuestion,
    CheckKind.LIMITS: LimitsQuestion,
    CheckKind.KEY_POLICE: Person,
    CheckKind.KEY_CHANGE: ChangeQuestion,
    CheckKind.PERMITTED: PermissionsQuestion,
    CheckKind.WITHDRAWN: WithdrawalQuestion,
    CheckKind.PINS: PinsQuestion,
    CheckKind.LATER_HELD: Person,
    CheckKind.LATER_OPEN: OpenQuestion,
}


def kept(kind: str, question: KeptQuestion) -> dict[str, Any]:
    """The values of a question; raises TypeError where it is not the kind's question."""
    if not isinstance(question, ASKED_WITH[kind]):
        raise TypeError(f"A {kind} check is asked with {ASKED_WITH[kind].__name__}.")
    return asdict(question)
