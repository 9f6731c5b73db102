"""Another name or number: the police before, two people, the depository after, the old kept."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from accounts.evidence.states import CheckKind, CheckResult
from accounts.evidence.verification import missing_evidence
from accounts.life.states import RenewalStatus
from accounts.models import DocumentRenewal, OutsideCheck
from accounts.use_cases.outside_checks import ask, take_answer
from accounts.use_cases.renew_document import (
    UnableToRenew,
    begin_renewal,
    confirm_renewal,
    propose_renewal,
    save_renewal,
    send_renewal,
)
from brokerage.core.roles import Role
from brokerage.customers.models import IdType, ProfileVersion, Source
from brokerage.customers.selectors import current_profile
from brokerage.customers.use_cases.confirm_identity import confirm_identity
from brokerage.journal.models import Entry
from tests.accounts.factories import ACTOR, AT
from tests.accounts.life.factories import NEW, a_document, a_sent_renewal
from tests.branches.factories import make_staff
from tests.customers.factories import a_customer

pytestmark = pytest.mark.django_db


def sent(**values: str) -> DocumentRenewal:
    renewal = begin_renewal(application=a_document().application, at=AT)
    renewal = save_renewal(renewal=renewal, values=NEW | values, version=renewal.version, at=AT)
    return send_renewal(renewal=renewal, actor=ACTOR, at=AT)


def current(kind: CheckKind) -> OutsideCheck:
    return OutsideCheck.objects.current().get(kind=kind)


def agreed(renewal: DocumentRenewal) -> DocumentRenewal:
    outlet = renewal.application.outlet
    officer, other = (make_staff(Role.REVIEWER, outlet) for _n in range(2))
    renewal = propose_renewal(renewal=renewal, officer=officer, at=AT)
    return confirm_renewal(renewal=renewal, officer=other, at=AT)


def test_a_new_name_goes_from_the_police_by_two_people_to_the_depository() -> None:
    renewal = sent(new_name="沈如初")
    customer = renewal.application.customer
    before, number = customer.name, customer.id_number
    assert renewal.changes_key_data
    assert current(CheckKind.KEY_POLICE).asks["name"] == "沈如初"
    with pytest.raises(UnableToRenew):
        agreed(renewal)
    ask(check=current(CheckKind.KEY_POLICE), at=AT)
    versions = ProfileVersion.objects.filter(customer=customer).count()

    renewal = agreed(renewal)

    assert renewal.status == RenewalStatus.CONFIRMED
    customer.refresh_from_db()
    assert (customer.name, customer.id_number) == ("沈如初", number)
    assert ProfileVersion.objects.filter(customer=customer).count() == versions + 1
    told = current(CheckKind.KEY_CHANGE)
    assert (told.asks["before"]["name"], told.asks["after"]["name"]) == (before, "沈如初")
    renewal.application.refresh_from_db()
    assert renewal.application.applicant_name == "沈如初"
    (entry,) = Entry.objects.filter(kind="accounts.key_data_changed")
    assert "沈如初" not in str(entry.payload)
    assert current_profile(customer) is not None
    assert not missing_evidence(renewal.application), "what was signed stays signed"


def test_what_the_police_do_not_confirm_nobody_agrees_to() -> None:
    renewal = sent(new_name="沈如初")
    check = current(CheckKind.KEY_POLICE)
    take_answer(check=check, result=CheckResult.MISMATCH, facts={}, at=AT)
    with pytest.raises(UnableToRenew):
        agreed(renewal)


def test_name_and_number_do_not_change_at_once() -> None:
    with pytest.raises(UnableToRenew, match="not both at once"):
        sent(new_name="沈如初", new_number="330102199003070019")
    renewal = DocumentRenewal.objects.get()
    assert renewal.answers["new_name"] == "沈如初", "what was typed is kept"
    assert not OutsideCheck.objects.filter(kind=CheckKind.KEY_POLICE).exists()


def test_the_next_change_waits_until_the_depository_knows_the_last_one() -> None:
    first = sent(new_name="沈如初")
    ask(check=current(CheckKind.KEY_POLICE), at=AT)
    agreed(first)
    application, then = first.application, AT + timedelta(minutes=5)
    renewal = begin_renewal(application=application, at=then)
    given = NEW | {"new_number": "330102199003070019"}
    renewal = save_renewal(renewal=renewal, values=given, version=renewal.version, at=then)
    with pytest.raises(UnableToRenew, match="has not answered about your last change"):
        send_renewal(renewal=renewal, actor=ACTOR, at=then)
    take_answer(check=current(CheckKind.KEY_CHANGE), result="changed", facts={}, at=then)
    assert send_renewal(renewal=renewal, actor=ACTOR, at=then).status == RenewalStatus.SENT


def test_the_same_name_is_no_change_and_asks_nobody() -> None:
    document = a_document()
    renewal = begin_renewal(application=document.application, at=AT)
    values = NEW | {"new_name": document.application.customer.name or ""}
    renewal = save_renewal(renewal=renewal, values=values, version=renewal.version, at=AT)
    renewal = send_renewal(renewal=renewal, actor=ACTOR, at=AT)
    assert not renewal.changes_key_data
    assert not OutsideCheck.objects.filter(kind=CheckKind.KEY_POLICE).exists()
    assert agreed(renewal).status == RenewalStatus.CONFIRMED
    assert not OutsideCheck.objects.filter(kind=CheckKind.KEY_CHANGE).exists()


def test_a_number_of_another_customer_is_refused() -> None:
    other, number = a_customer("+8613722000001"), "330102199003070019"
    confirm_identity(
        customer=other,
        id_type=IdType.RESIDENT_ID,
        number=number,
        name="别人",
        birth_date=None,
        source=Source.CUSTOMER,
        actor=ACTOR,
        at=AT,
    )
    renewal = sent(new_number=number)
    take_answer(check=current(CheckKind.KEY_POLICE), result=CheckResult.MATCH, facts={}, at=AT)
    with pytest.raises(UnableToRenew):
        agreed(renewal)
    renewal.refresh_from_db()
    assert renewal.status == RenewalStatus.PROPOSED


def test_a_plain_renewal_needs_no_police() -> None:
    renewal = a_sent_renewal(a_document().application)
    done: Any = agreed(renewal)
    assert done.decided_by is not None
