"""Plays the counterparties of an account opening. Not the real ones: nothing is asked outside.

Answers follow from the question alone (`scenarios.py`), so the same question always gets the
same answer, also after a restart; account numbers come from a hash and belong to nobody.
"""

from __future__ import annotations

import base64
import hashlib
import io
import time
from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.conf import settings

from accounts.gateways import (
    bank,
    counter,
    depository,
    enterprises,
    face,
    identity,
    permissions,
    phone,
)
from accounts.gateways.base import NotYet, Person, Refused, Unavailable
from accounts.gateways.scenarios import Scenario, of_card, of_person
from brokerage.reference.models import CustodyBank

if TYPE_CHECKING:
    from accounts.gateways import Gateways

SLOW_SECONDS = 2.0
LATE_SECONDS = 120
Sleep = Callable[[float], None]


class SandboxRefused(Exception):
    """The sandbox was asked to work outside a sandbox deployment."""


def played() -> Gateways:
    """All counterparties, played; raises SandboxRefused where customers are served."""
    if not settings.SANDBOX:
        raise SandboxRefused("A deployment that serves customers uses no sandbox.")
    return _played()


@cache
def _played() -> Gateways:
    """Kept for the life of the process, because LATE and TWICE remember what was asked."""
    from accounts.gateways import Gateways

    return Gateways(
        identity=PlayedIdentity(),
        face=PlayedFace(),
        phone=PlayedPhone(),
        enterprises=PlayedEnterprises(),
        depository=PlayedDepository(),
        bank=PlayedBank(),
        permissions=PlayedPermissions(),
        counter=PlayedCounter(),
    )


class Played:
    """Shared: slow, down and late scenarios; how many times a key was asked, in this process."""

    def __init__(self, sleep: Sleep = time.sleep) -> None:
        self.sleep = sleep
        self.asked: dict[UUID, datetime] = {}

    def play(self, scenario: Scenario, key: UUID, at: datetime) -> bool:
        """Do what the scenario does before it answers; returns whether the key is new here."""
        if scenario == Scenario.DOWN:
            raise Unavailable("sandbox")
        if scenario == Scenario.SLOW:
            self.sleep(SLOW_SECONDS)
        first = key not in self.asked
        since = self.asked.setdefault(key, at)
        if scenario == Scenario.LATE and (at - since).total_seconds() < LATE_SECONDS:
            raise NotYet
        return first


class PlayedIdentity(Played):
    """The police registry: knows everybody but those of the scenarios."""

    def verify(self, question: Person, *, key: UUID, at: datetime) -> identity.IdentityAnswer:
        """TWICE answers match first and mismatch to the same question afterwards."""
        scenario = of_person(question.number)
        first = self.play(scenario, key, at)
        if scenario == Scenario.NOT_FOUND:
            return identity.IdentityAnswer(identity.NOT_FOUND)
        if scenario == Scenario.MISMATCH or (scenario == Scenario.TWICE and not first):
            return identity.IdentityAnswer(identity.MISMATCH)
        return identity.IdentityAnswer(identity.MATCH, _portrait(question.number))


class PlayedFace(Played):
    """Compares nothing: looks whether there are two pictures and plays the scenario."""

    def compare(self, question: face.FaceQuestion, *, key: UUID, at: datetime) -> face.FaceAnswer:
        """Mismatch scenarios differ, people whom the registry does not know stay unclear."""
        scenario = of_person(question.number)
        self.play(scenario, key, at)
        if not question.live or not question.reference:
            raise Refused("no_face")
        if scenario == Scenario.MISMATCH:
            return face.FaceAnswer(face.DIFFERENT, 310)
        if scenario == Scenario.NOT_FOUND:
            return face.FaceAnswer(face.UNCLEAR, 640)
        return face.FaceAnswer(face.SAME, 962)


class PlayedPhone(Played):
    """The mobile operators."""

    def verify(
        self, question: phone.PhoneQuestion, *, key: UUID, at: datetime
    ) -> phone.PhoneAnswer:
        """Numbers that end in 9901 run on somebody else."""
        scenario = of_person(question.person.number)
        self.play(scenario, key, at)
        if scenario == Scenario.MISMATCH or question.phone.endswith("9901"):
            return phone.PhoneAnswer(phone.MISMATCH)
        if scenario == Scenario.NOT_FOUND:
            return phone.PhoneAnswer(phone.NOT_FOUND)
        return phone.PhoneAnswer(phone.MATCH)


class PlayedEnterprises(Played):
    """The registry of enterprises: knows every organisation as it was asked about."""

    def look_up(
        self, question: enterprises.EnterpriseQuestion, *, key: UUID, at: datetime
    ) -> enterprises.EnterpriseAnswer:
        """MISMATCH is represented by somebody else, ENDED was struck off."""
        scenario = of_person(question.body.number)
        self.play(scenario, key, at)
        if scenario == Scenario.NOT_FOUND:
            return enterprises.EnterpriseAnswer(enterprises.NOT_FOUND)
        ended = scenario == Scenario.ENDED
        other = scenario == Scenario.MISMATCH
        said = {
            "result": enterprises.FOUND,
            "standing": enterprises.STRUCK_OFF if ended else enterprises.IN_BUSINESS,
            "name": question.body.name,
            "representative": "样本人" if other else question.representative,
            "founded": "2016-05-18",
        }
        return enterprises.read_enterprise(said, question)


class PlayedDepository(Played):
    """The securities depository. DUPLICATE people have an account with another firm already."""

    def holdings(self, question: Person, *, key: UUID, at: datetime) -> depository.Holdings:
        """FULL people have three accounts of one type, the most that is allowed."""
        scenario = of_person(question.number)
        self.play(scenario, key, at)
        many = {Scenario.DUPLICATE: 1, Scenario.FULL: 3}.get(scenario, 0)
        if not many:
            return depository.Holdings(depository.NONE)
        held = tuple(
            depository.Held("sh_a", _sh("A", question.number, n), f"{2016 + n}-04-18")
            for n in range(many)
        )
        return depository.Holdings(
            depository.FOUND, _one_code(question.number), "2016-04-20", held
        )

    def open(
        self, question: depository.OpenQuestion, *, key: UUID, at: datetime
    ) -> depository.Opened:
        """Refuses a fourth account of a type, and people of the mismatch scenario."""
        number = question.person.number
        scenario = of_person(number)
        self.play(scenario, key, at)
        refusal = {Scenario.MISMATCH: "identity", Scenario.FULL: "too_many"}.get(scenario, "")
        accounts = tuple(
            depository.OpenedAccount(kind, code=refusal)
            if refusal and (refusal == "identity" or kind == "sh_a")
            else depository.OpenedAccount(kind, number=_market_account(kind, number))
            for kind in question.types
        )
        opened = sum(bool(row.number) for row in accounts)
        result = (
            depository.OPENED
            if opened == len(accounts)
            else depository.PARTLY
            if opened
            else depository.REFUSED
        )
        one_code = question.one_code or (_one_code(number) if opened else "")
        return depository.Opened(result, one_code, accounts)

    def close(
        self, question: depository.CloseQuestion, *, key: UUID, at: datetime
    ) -> depository.Closed:
        """Closes everything, but for people of the mismatch scenario, who have open business."""
        scenario = of_person(question.person.number)
        self.play(scenario, key, at)
        code = "open_business" if scenario == Scenario.MISMATCH else ""
        accounts = tuple(depository.ClosedAccount(each.number, code) for each in question.accounts)
        return depository.Closed(depository.REFUSED if code else depository.CLOSED, accounts)

    def change(
        self, question: depository.ChangeQuestion, *, key: UUID, at: datetime
    ) -> depository.Changed:
        """Refuses people of the mismatch scenario."""
        scenario = of_person(question.after.number)
        self.play(scenario, key, at)
        if scenario == Scenario.MISMATCH:
            raise Refused("identity")
        return depository.Changed()


class PlayedPermissions(Played):
    """The depository's register of suitability, which hands the exchange what it has to know."""

    def report(
        self, question: permissions.ReportQuestion, *, key: UUID, at: datetime
    ) -> permissions.Reported:
        """Refuses people of the mismatch scenario, and those who may not have more."""
        scenario = of_person(question.person.number)
        self.play(scenario, key, at)
        refusal = {Scenario.MISMATCH: "identity", Scenario.FULL: "barred"}.get(scenario, "")
        if refusal:
            raise Refused(refusal)
        number = _digits("report", question.person.number, question.permission, many=12)
        return permissions.Reported(f"R{number}")

    def withdraw(
        self, question: permissions.WithdrawalQuestion, *, key: UUID, at: datetime
    ) -> permissions.Withdrawn:
        """Everything is taken as ended; people whom the register does not know are refused."""
        scenario = of_person(question.person.number)
        self.play(scenario, key, at)
        if scenario == Scenario.MISMATCH:
            raise Refused("identity")
        return permissions.Withdrawn()

    def held_since(self, question: Person, permission: str, *, key: UUID, at: datetime) -> str:
        """Who has accounts with another firm has every permission there."""
        scenario = of_person(question.number)
        self.play(scenario, key, at)
        return "2021-05-10" if scenario in (Scenario.DUPLICATE, Scenario.FULL) else ""

    def first_trade(self, question: Person, *, key: UUID, at: datetime) -> str:
        """As the depository's `holdings`; sequences from 700 on traded long ago."""
        scenario = of_person(question.number)
        self.play(scenario, key, at)
        if scenario in (Scenario.DUPLICATE, Scenario.FULL):
            return "2016-04-20"
        return "2019-06-03" if question.number[-4:-3] == "7" else ""


class PlayedCounter:
    """The trading counter: it keeps the newest lists of each account, in this process."""

    def __init__(self) -> None:
        self.kept: dict[str, counter.PermissionsQuestion] = {}
        self.pins: dict[str, counter.PinsQuestion] = {}

    def permit(
        self, question: counter.PermissionsQuestion, *, key: UUID, at: datetime
    ) -> counter.PermissionsTaken:
        """What is older than what it has is taken and changes nothing, as in the contract."""
        _keep_newer(self.kept, question)
        return counter.PermissionsTaken()

    def note_pins(
        self, question: counter.PinsQuestion, *, key: UUID, at: datetime
    ) -> counter.PinsTaken:
        """As `permit`."""
        _keep_newer(self.pins, question)
        return counter.PinsTaken()


def _keep_newer(kept: dict[str, Any], question: Any) -> None:
    before = kept.get(question.account)
    when = datetime.fromisoformat
    if before is None or when(before.as_of) < when(question.as_of):
        kept[question.account] = question


class PlayedBank(Played):
    """All custody banks of the reference table, as if they were one counterparty."""

    def banks(self, *, at: datetime) -> list[bank.Bank]:
        """Online are those whose link is completed here."""
        return [
            bank.Bank(row.code, row.completion == "here", "" if row.completion == "here" else "no")
            for row in CustodyBank.objects.all()
        ]

    def check_card(
        self, question: bank.CardQuestion, *, key: UUID, at: datetime
    ) -> bank.CardAnswer:
        """The card's last four digits choose."""
        scenario = of_card(question.card)
        self.play(scenario, key, at)
        answers = {
            Scenario.MISMATCH: bank.OTHER,
            Scenario.NOT_FOUND: bank.UNKNOWN,
            Scenario.DUPLICATE: bank.WRONG_CLASS,
        }
        return bank.CardAnswer(answers.get(scenario, bank.OWN))

    def link(self, question: bank.LinkQuestion, *, key: UUID, at: datetime) -> bank.LinkAnswer:
        """A change away from a bank with a card of 9905 is blocked by cash and open orders.

        A card of 9901 that was not asked about before, as at the opening, is refused here.
        """
        scenario = of_card(question.card.card)
        self.play(scenario, key, at)
        if question.request and scenario == Scenario.MISMATCH:
            raise Refused("other")
        if question.replaces and scenario == Scenario.DUPLICATE:
            return bank.LinkAnswer(bank.BLOCKED, ("cash", "orders"))
        here = CustodyBank.objects.filter(code=question.card.bank, completion="here").exists()
        return bank.LinkAnswer(bank.LINKED if here else bank.AT_BANK)

    def link_state(
        self, question: bank.LinkStateQuestion, *, key: UUID, at: datetime
    ) -> bank.LinkStateAnswer:
        """Whoever has to go to the bank was there two minutes after the first question."""
        self.play(Scenario.LATE, key, at)
        return bank.LinkStateAnswer(bank.LINKED)

    def unlink(
        self, question: bank.UnlinkQuestion, *, key: UUID, at: datetime
    ) -> bank.UnlinkAnswer:
        """Ends every link."""
        self.play(of_person(question.person.number), key, at)
        return bank.UnlinkAnswer(bank.UNLINKED)


def _digits(*parts: object, many: int) -> str:
    raw = hashlib.sha256(":".join(map(str, parts)).encode()).hexdigest()
    return str(int(raw, 16))[:many]


def _one_code(number: str) -> str:
    return "18" + _digits("one_code", number, many=10)


def _sh(letter: str, number: str, n: int = 0) -> str:
    return letter + _digits("sh", letter, number, n, many=9)


def _market_account(kind: str, number: str) -> str:
    if depository.MARKET_OF[kind] == "SH":
        return _sh("F" if kind == "sh_fund" else "A", number, 9)
    if kind == "sz_fund":
        return "05" + _digits(kind, number, many=8)
    return "03" + _digits("sz", number, many=8)


def _portrait(number: str) -> str:
    """A grey picture that is plainly nobody, with the word SPECIMEN."""
    from PIL import Image, ImageDraw

    image = Image.new("RGB", (180, 240), (226, 230, 234))
    draw = ImageDraw.Draw(image)
    draw.ellipse((50, 40, 130, 140), fill=(170, 176, 182))
    draw.rectangle((30, 160, 150, 240), fill=(170, 176, 182))
    draw.text((58, 100), "SPECIMEN", fill=(70, 76, 84))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=70)
    return base64.b64encode(out.getvalue()).decode()
