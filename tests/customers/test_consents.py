"""Agreements name the text that was shown and end when the customer says so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, ProgrammingError, transaction

from brokerage.customers.models import Consent, ConsentText
from brokerage.customers.selectors import current_text, current_texts, has_consent
from brokerage.customers.use_cases import (
    UnableToConsent,
    UnableToWithdraw,
    give_consent,
    give_consents,
    load_consent_texts,
    withdraw_consent,
)
from brokerage.customers.use_cases.load_consent_texts import text_hash
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from tests.customers.factories import a_customer

pytestmark = pytest.mark.django_db
LATER = timedelta(minutes=5)


def agree(customer, at, purpose="marketing", text=None):
    text = text or a_text(purpose, at)
    return give_consent(
        customer=customer,
        purpose=purpose,
        text=text,
        actor=Actor.of(customer.user),
        channel="portal",
        at=at,
    )


def a_text(purpose, at, body="one"):
    """A newer version than those shipped."""
    last = ConsentText.objects.filter(purpose=purpose, language="en").order_by("version").last()
    return ConsentText.objects.create(
        purpose=purpose,
        language="en",
        version=last.version + 1 if last else 1,
        title="Title",
        body=body,
        sha256=text_hash("Title", body),
        valid_from=at,
    )


def withdraw(customer, at, purpose="marketing"):
    withdraw_consent(
        customer=customer,
        purpose=purpose,
        actor=Actor.of(customer.user),
        channel="portal",
        at=at,
    )


def test_the_shipped_texts_are_loaded_once_in_both_languages(at):
    ours = ConsentText.objects.filter(purpose__in=["terms", "marketing", "personalisation"])
    assert ours.count() == 6
    assert load_consent_texts(at=at) == 0
    chinese, english = current_text("marketing", "zh-hans"), current_text("marketing", "en")
    assert chinese
    assert english
    assert (chinese.title, english.version) == ("接收产品与活动信息", 1)


def test_an_agreement_keeps_the_hash_of_the_text_in_the_journal(at):
    customer = a_customer()
    consent = agree(customer, at)
    entry = Entry.objects.get(kind="customers.consent_given", subject_ref=customer.ref)
    assert entry.payload["text_sha256"] == consent.text.sha256
    assert has_consent(customer, "marketing")


def test_agreeing_twice_to_the_same_text_is_one_agreement(at):
    customer = a_customer()
    first = agree(customer, at)
    assert agree(customer, at + LATER, text=first.text) == first
    assert Entry.objects.filter(kind="customers.consent_given").count() == 1


def test_nobody_agrees_to_a_text_that_was_replaced_meanwhile(at):
    customer = a_customer()
    shown = a_text("marketing", at)
    a_text("marketing", at, body="two")
    with pytest.raises(UnableToConsent):
        agree(customer, at, text=shown)
    assert not has_consent(customer, "marketing")


def test_a_newer_text_replaces_the_older_agreement(at):
    customer = a_customer()
    first = agree(customer, at)
    second = agree(customer, at + LATER, text=a_text("marketing", at, body="two"))
    first.refresh_from_db()
    assert first.withdrawn_at == at + LATER
    assert list(customer.consents.in_force()) == [second]


def test_withdrawal_counts_at_once_and_twice_is_once(at):
    customer = a_customer()
    agree(customer, at)
    withdraw(customer, at + LATER)
    withdraw(customer, at + LATER)
    assert not has_consent(customer, "marketing")
    assert Entry.objects.filter(kind="customers.consent_withdrawn").count() == 1


def test_the_terms_cannot_be_withdrawn_alone(at):
    customer = a_customer()
    agree(customer, at, purpose="terms")
    with pytest.raises(UnableToWithdraw):
        withdraw(customer, at + LATER, purpose="terms")
    assert has_consent(customer, "terms")


def test_the_database_keeps_one_agreement_in_force_for_each_purpose(at):
    customer = a_customer()
    consent = agree(customer, at)
    with pytest.raises(IntegrityError), transaction.atomic():
        Consent.objects.create(
            customer=customer, purpose="marketing", text=consent.text, given_at=at, channel="x"
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda row: Consent.objects.filter(pk=row.pk).update(given_at=row.given_at - LATER),
        lambda row: Consent.objects.filter(pk=row.pk).update(withdrawn_at=None),
        lambda row: Consent.objects.filter(pk=row.pk)._raw_delete("default"),
        lambda row: ConsentText.objects.filter(pk=row.text_id).update(body="other"),
    ],
    ids=["backdate", "undo", "delete", "reword"],
)
def test_history_of_agreements_cannot_be_rewritten(at, change):
    customer = a_customer()
    consent = agree(customer, at)
    withdraw(customer, at + LATER)
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        change(consent)


def test_what_is_new_beside_what_stands_is_kept_and_told_once(at):
    customer = a_customer()
    texts = current_texts("en")
    first = agree(customer, at, text=texts["marketing"])
    both = {purpose: texts[purpose] for purpose in ("personalisation", "marketing")}
    new, stands = give_consents(
        customer=customer, texts=both, actor=Actor.of(customer.user), channel="portal", at=at
    )
    assert (new.purpose, stands) == ("personalisation", first)
    assert customer.consents.in_force().count() == 2
    assert Entry.objects.filter(kind="customers.consent_given").count() == 2


def test_one_text_that_was_replaced_lets_none_of_them_count(at):
    customer = a_customer()
    texts = current_texts("en")
    shown = {purpose: texts[purpose] for purpose in ("personalisation", "marketing")}
    a_text("marketing", at, body="two")
    with pytest.raises(UnableToConsent):
        give_consents(
            customer=customer, texts=shown, actor=Actor.of(customer.user), channel="portal", at=at
        )
    assert not customer.consents.exists()
