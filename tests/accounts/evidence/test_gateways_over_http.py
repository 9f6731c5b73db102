"""The HTTP clients against counterparties on the loopback that keep the contract, or do not."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import override_settings

from accounts.gateways import NotYet, Person, Refused, Unavailable
from accounts.gateways.bank import CardQuestion, HttpBankGateway, LinkQuestion
from accounts.gateways.checks import check_counterparties
from accounts.gateways.depository import HttpDepositoryGateway, OpenQuestion
from accounts.gateways.enterprises import EnterpriseQuestion, HttpEnterpriseGateway
from accounts.gateways.face import FaceQuestion, HttpFaceGateway
from accounts.gateways.identity import HttpIdentityGateway
from accounts.gateways.phone import HttpPhoneGateway, PhoneQuestion
from accounts.gateways.sandbox import SandboxRefused, played
from accounts.signing.authority import Subject
from accounts.signing.http_authority import HttpAuthority
from accounts.signing.local_authority import LocalAuthority
from brokerage.core.outbound import JsonClient
from tests.messaging.test_sms_gateway import Answer, counterparty, drips, hangs, says

KEY = UUID(int=7)
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
SOMEBODY = Person("江映雪", "resident_id", "11010519900307128X")
CARD = CardQuestion(SOMEBODY, "ICBC", "6222020000001234", "+8613900139000")
FIRM = EnterpriseQuestion(Person("金华示例(华东)贸易有限公司", "credit_code", "9133…"), "郑明远")
JPEG = base64.b64encode(b"\xff\xd8\xff\xe0 portrait").decode()


def client(base: str) -> JsonClient:
    return JsonClient(base=base, token="secret", deadline=0.6)


def identity(base: str) -> Any:
    return HttpIdentityGateway(client(base)).verify(SOMEBODY, key=KEY, at=AT)


def face(base: str) -> Any:
    question = FaceQuestion(b"one", b"two", SOMEBODY.number)
    return HttpFaceGateway(client(base)).compare(question, key=KEY, at=AT)


def phone(base: str) -> Any:
    question = PhoneQuestion(SOMEBODY, "+8613900139000")
    return HttpPhoneGateway(client(base)).verify(question, key=KEY, at=AT)


def enterprise(base: str) -> Any:
    return HttpEnterpriseGateway(client(base)).look_up(FIRM, key=KEY, at=AT)


def holdings(base: str) -> Any:
    return HttpDepositoryGateway(client(base)).holdings(SOMEBODY, key=KEY, at=AT)


def opening(base: str) -> Any:
    question = OpenQuestion(SOMEBODY, ("sh_a", "sz_a"))
    return HttpDepositoryGateway(client(base)).open(question, key=KEY, at=AT)


def card(base: str) -> Any:
    return HttpBankGateway(client(base)).check_card(CARD, key=KEY, at=AT)


def link(base: str) -> Any:
    question = LinkQuestion(CARD, "10000001", replaces="ABC")
    return HttpBankGateway(client(base)).link(question, key=KEY, at=AT)


GOOD_OPENING: dict[str, Any] = {
    "one_code": "180000000001",
    "accounts": [
        {"type": "sh_a", "result": "opened", "number": "A123456789"},
        {"type": "sz_a", "result": "refused", "code": "too_many"},
    ],
}
GOOD_RECORD: dict[str, Any] = {
    "result": "found",
    "standing": "in_business",
    "name": "金华示例（华东）贸易有限公司",
    "representative": "郑明远",
    "address": "浙江省金华市婺城区示例街 18 号",
    "authority": "金华市市场监督管理局",
    "founded": "2016-05-18",
    "until": None,
}
ALL = [
    (identity, "/v1/identity-checks", {"result": "match", "photo": JPEG}, "match"),
    (face, "/v1/face-comparisons", {"result": "same", "score": 960}, "same"),
    (phone, "/v1/phone-checks", {"result": "mismatch"}, "mismatch"),
    (enterprise, "/v1/enterprises", GOOD_RECORD, "match"),
    (
        holdings,
        "/v1/holdings",
        {
            "result": "found",
            "one_code": "180000000001",
            "first_trade": "2016-04-20",
            "accounts": [{"type": "sh_a", "number": "A123456789", "opened": "2016-04-18"}],
        },
        "found",
    ),
    (opening, "/v1/openings", GOOD_OPENING, "partly"),
    (card, "/v1/card-checks", {"result": "own"}, "own"),
    (link, "/v1/links", {"result": "linked"}, "linked"),
]
CALLS = [row[0] for row in ALL]


@pytest.mark.parametrize(("call", "path", "answer", "result"), ALL)
def test_a_question_goes_out_with_token_and_key_and_its_answer_is_read(
    call, path, answer, result
) -> None:
    with counterparty(says(200, answer)) as (base, seen):
        assert call(base).result == result

    (request,) = seen
    assert request["path"] == path
    assert request["headers"]["Idempotency-Key"] == str(KEY)
    assert request["headers"]["Authorization"] == "Bearer secret"


@pytest.mark.parametrize("call", CALLS)
def test_an_answer_that_follows_later_is_no_answer_yet(call) -> None:
    with counterparty(says(202, {})) as (base, _), pytest.raises(NotYet):
        call(base)


@pytest.mark.parametrize("call", CALLS)
def test_a_refusal_is_final_and_its_code_holds_nothing_personal(call) -> None:
    said = {"code": f"number {SOMEBODY.number} is bad"}
    with counterparty(says(422, said)) as (base, seen), pytest.raises(Refused) as refused:
        call(base)

    assert refused.value.code == "refused"
    assert len(seen) == 1


@pytest.mark.parametrize(
    "answer",
    [
        says(500, {}),
        says(429, {}),
        says(302, {}),
        says(200, b"<html>"),
        says(200, b"[]"),
        says(200, {}),
        says(200, {"result": "yes"}),
        says(200, {"result": ["match"]}),
        says(200, {"result": {"match": 1}}),
        says(200, b'{"result": "match", "photo": ' + b'"' + b"A" * 300_000 + b'"}'),
        hangs,
        drips,
    ],
    ids=["500", "429", "redirect", "html", "list", "empty", "unknown word", "list in it",
         "object in it", "too long", "hangs", "drips"],
)  # fmt: skip
@pytest.mark.parametrize("call", [identity, opening])
def test_whatever_else_comes_is_unknown_and_comes_in_time(call, answer: Answer) -> None:
    begun = time.monotonic()
    with counterparty(answer) as (base, _), pytest.raises(Unavailable):
        call(base)

    assert time.monotonic() - begun < 3


def changed(**values: Any) -> dict[str, Any]:
    """The good opening with its first account changed."""
    first, second = GOOD_OPENING["accounts"]
    return {**GOOD_OPENING, "accounts": [{**first, **values}, second]}


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (identity, {"result": "match", "photo": "no base64!"}),
        (identity, {"result": "match", "photo": base64.b64encode(b"GIF89a").decode()}),
        (identity, {"result": "match", "photo": 7}),
        (face, {"result": "same", "score": 1001}),
        (face, {"result": "same", "score": True}),
        (enterprise, {**GOOD_RECORD, "standing": "fine"}),
        (enterprise, {**GOOD_RECORD, "representative": None}),
        (enterprise, {**GOOD_RECORD, "founded": "long ago"}),
        (enterprise, {**GOOD_RECORD, "name": "x" * 121}),
        (holdings, {"result": "found", "accounts": "none"}),
        (holdings, {"result": "found", "accounts": [], "one_code": "12"}),
        (holdings, {"result": "found", "accounts": [], "first_trade": "yesterday"}),
        (opening, changed(type="sh_b")),
        (opening, changed(type="sz_a")),
        (opening, changed(number="123456789A")),
        (opening, changed(number="")),
        (opening, {**GOOD_OPENING, "one_code": None}),
        (opening, {**GOOD_OPENING, "accounts": GOOD_OPENING["accounts"] * 2}),
        (link, {"result": "blocked", "blockers": "cash"}),
    ],
)
def test_an_answer_that_breaks_the_contract_counts_as_none(call, answer) -> None:
    with counterparty(says(200, answer)) as (base, _), pytest.raises(Unavailable):
        call(base)


@pytest.mark.parametrize(
    ("said", "blockers"),
    [
        ([{"code": "orders"}, {"code": "cash"}], ("cash", "orders")),
        ([{"code": "weather"}], ("unknown",)),
        ([], ("unknown",)),
    ],
)
def test_blockers_of_a_change_are_ours_or_unknown(said, blockers) -> None:
    with counterparty(says(200, {"result": "blocked", "blockers": said})) as (base, _):
        assert link(base).blockers == blockers


def test_the_banks_are_listed_with_what_completes_online() -> None:
    said = {"banks": [{"code": "ICBC", "online": True}, {"code": "HXB", "online": 1}]}
    with counterparty(says(200, said)) as (base, _):
        found = HttpBankGateway(client(base)).banks(at=AT)

    assert [(bank.code, bank.online, bank.reason) for bank in found] == [
        ("ICBC", True, ""),
        ("HXB", False, "no"),
    ]


def request_for(key: ec.EllipticCurvePrivateKey) -> x509.CertificateSigningRequest:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "江映雪")])
    return x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())


def test_an_authority_answers_with_a_certificate_for_exactly_this_key(tmp_path: Path) -> None:
    local, subject = LocalAuthority(tmp_path / "ca"), Subject("江映雪", "ref")
    mine, other = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    issued = local.issue(request_for(mine), subject=subject, key=KEY, at=AT)
    chain = [issued.certificate, *issued.chain]
    pem = b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain).decode()

    with counterparty(says(200, {"certificates": pem})) as (base, _):
        real = HttpAuthority(base, "secret", roots=tmp_path / "ca" / "root.pem")
        found = real.issue(request_for(mine), subject=subject, key=KEY, at=AT)
        assert found.certificate == issued.certificate
        assert real.roots() == local.roots()
        with pytest.raises(Unavailable):
            real.issue(request_for(other), subject=subject, key=KEY, at=AT)
    for said in ({}, {"certificates": ""}, {"certificates": "no PEM"}, {"certificates": 7}):
        with counterparty(says(200, said)) as (base, _), pytest.raises(Unavailable):
            HttpAuthority(base, "", roots=tmp_path / "none").issue(
                request_for(mine), subject=subject, key=KEY, at=AT
            )


def test_production_refuses_the_sandbox_and_counterparties_without_an_address() -> None:
    names = ("identity", "face", "phone", "depository", "enterprises", "ca")
    real = {name: (f"https://{name}.example/v1", "t") for name in names}
    real |= {"bank": ("http://bank.example", "t"), "counter": ("", "")}  # the counter's own check
    with override_settings(SANDBOX=True, SECURE_SSL_REDIRECT=True):
        assert [found.id for found in check_counterparties(None)] == ["accounts.E001"]
    with override_settings(SANDBOX=False, COUNTERPARTIES=real):
        (found,) = check_counterparties(None)
        assert (found.id, "bank" in found.msg) == ("accounts.E002", True)
        with pytest.raises(SandboxRefused):
            played()
    with override_settings(SANDBOX=True, SECURE_SSL_REDIRECT=False):
        assert check_counterparties(None) == []
