"""After sending: each counterparty is asked once, and a clear no gives exactly its step back."""

from __future__ import annotations

import pytest
from django.test import Client

from accounts.evidence.states import MENDED_BY_THE_CUSTOMER, CheckKind, CheckStatus
from accounts.models import Application, OutsideCheck
from accounts.rules.holdings import full_markets
from accounts.states import SectionStatus, Status, Step
from accounts.use_cases import submit_application
from accounts.use_cases.automatic_checks import BACK, take_check
from accounts.use_cases.outside_checks import take_answer
from tests.accounts.answers import BANK, save
from tests.accounts.factories import ACTOR, AT, a_complete_draft, an_application
from tests.users.factories import sign_in


def answered(application: Application, kind: CheckKind, result: str) -> OutsideCheck:
    """The counterparty's answer, as the worker hands it over."""
    check = application.outside_checks.get(kind=kind)
    return take_answer(check=check, result=result, facts={}, at=AT)


@pytest.mark.parametrize(
    ("held", "full"),
    [
        ([], []),
        (["sh_a"] * 2, []),
        (["sh_a"] * 3, ["SH"]),
        (["sh_a"] * 3 + ["sz_a"] * 4, ["SH", "SZ"]),
        (["sh_fund"] * 3, []),
    ],
)
def test_three_accounts_of_a_kind_are_the_most(held, full):
    assert full_markets([{"type": kind} for kind in held], ["SH", "SZ"]) == full


def test_a_dormant_account_counts_no_longer():
    held = [{"type": "sh_a", "dormant": number == 0} for number in range(3)]
    assert full_markets(held, ["SH"]) == []


@pytest.mark.django_db
def test_sending_asks_everybody_once():
    draft = a_complete_draft()
    for _ in range(2):
        submit_application(application=draft, actor=ACTOR, at=AT)
    kinds = OutsideCheck.objects.filter(status=CheckStatus.ASKED).values_list("kind", flat=True)
    assert sorted(kinds) == ["card", "face", "holdings", "identity", "phone"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "result", "step"),
    [
        (CheckKind.IDENTITY, "mismatch", Step.IDENTITY),
        (CheckKind.IDENTITY, "not_found", Step.IDENTITY),
        (CheckKind.CARD, "other", Step.BANK),
        (CheckKind.CARD, "inactive", Step.BANK),
    ],
)
def test_a_clear_no_opens_exactly_its_step_again(kind, result, step):
    sent = an_application(Status.SUBMITTED)
    take_check(check=answered(sent, kind, result), at=AT)
    sent.refresh_from_db()
    assert (sent.status, sent.returned_steps, sent.claimed_by) == ("returned", [step], None)
    section = sent.sections.get(step=step)
    assert section.status == SectionStatus.INSUFFICIENT
    assert section.lack == BACK[kind, result][1]
    assert not sent.sections.filter(status=SectionStatus.INSUFFICIENT).exclude(step=step).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("en", ("This card belongs to somebody else.", "another name for this number.")),
        ("zh-hans", ("这张卡不在你名下。", "公安系统登记的姓名与这个号码不符。")),
    ],
)
def test_both_reasons_of_a_day_are_read_in_the_language_of_the_reader(language, sentences):
    sent = an_application(Status.SUBMITTED)
    take_check(check=answered(sent, CheckKind.CARD, "other"), at=AT)
    take_check(check=answered(sent, CheckKind.IDENTITY, "mismatch"), at=AT)
    assert sent.customer.user is not None
    client = sign_in(Client(headers={"Accept-Language": language}), sent.customer.user)
    page = client.get(f"/open/{sent.ref}/").content.decode()
    step = client.get(f"/open/{sent.ref}/bank/").content.decode()
    assert all(sentence in page for sentence in sentences)
    assert sentences[0] in step
    assert "Compare each character" not in step, "of a card that is no document"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "result"),
    [(CheckKind.IDENTITY, "match"), (CheckKind.PHONE, "mismatch"), (CheckKind.FACE, "unclear")],
)
def test_what_only_people_can_judge_stays_with_them(kind, result):
    sent = an_application(Status.SUBMITTED)
    take_check(check=answered(sent, kind, result), at=AT)
    assert Application.objects.get().status == Status.SUBMITTED


@pytest.mark.django_db
def test_once_somebody_reviews_the_reviewer_decides():
    taken = an_application(Status.REVIEWING)
    take_check(check=answered(taken, CheckKind.CARD, "other"), at=AT)
    assert Application.objects.get().status == Status.REVIEWING


@pytest.mark.django_db
def test_the_mended_step_is_sent_again_and_asked_again():
    sent = an_application(Status.SUBMITTED)
    take_check(check=answered(sent, CheckKind.CARD, "unknown"), at=AT)
    sent.refresh_from_db()
    mended = save(sent, Step.BANK, {**BANK, "card": "6222021234567890136"}, at=AT)
    again = submit_application(application=mended, actor=ACTOR, at=AT)
    assert again.status == Status.SUBMITTED, "nobody had begun to review it"
    cards = OutsideCheck.objects.filter(kind=CheckKind.CARD).values_list("status", flat=True)
    assert sorted(cards) == [CheckStatus.ASKED, CheckStatus.SUPERSEDED]


@pytest.mark.django_db
def test_the_customer_reads_what_is_asked_and_nothing_of_the_answers():
    sent = an_application(Status.SUBMITTED)
    answered(sent, CheckKind.PHONE, "mismatch")
    assert sent.customer.user is not None
    client = sign_in(Client(headers={"Accept-Language": "en"}), sent.customer.user)
    page = client.get(f"/open/{sent.ref}/").content.decode()
    assert "Police identity check" in page
    assert "Telephone and person" in page
    assert "Does not agree" not in page


def test_each_answer_that_gives_a_step_back_is_delivered_to_whom_gives_it_back() -> None:
    assert {kind for kind, _result in BACK} <= set(MENDED_BY_THE_CUSTOMER)
