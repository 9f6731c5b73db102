"""Acts on log-ins, resets with four eyes, proposals of rules and switches, legal holds."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from brokerage.backoffice.four_eyes import Decision, FourEyesRefused, decide
from brokerage.core import clock
from brokerage.core.roles import Role
from brokerage.journal.models import Entry
from brokerage.reference.models import HoldRelease, LegalHold, Rule, Switch
from brokerage.users.models import FactorReset, User
from tests import records
from tests.backoffice.factories import desk_of, staff
from tests.branches.factories import make_staff_user, make_unit
from tests.customers.factories import a_customer
from tests.users.factories import sign_in

pytestmark = pytest.mark.django_db


def proved(user: Any, minutes_ago: int = 0) -> Any:
    """A browser whose member of staff proved themselves so long ago."""
    at = clock.now() - timedelta(minutes=minutes_ago)
    return sign_in(Client(), user, at=at, stepped_up=True)


def post(client: Any, row: Any, act: str, reason: str = "当面核实") -> Any:
    label = f"{row._meta.app_label}_{row._meta.model_name}"
    return client.post(
        reverse(f"admin:{label}_log_in", args=[row.ref]), {"act": act, "reason": reason}
    )


def kinds() -> list[str]:
    return list(Entry.objects.order_by("pk").values_list("kind", flat=True))


def test_the_call_centre_helps_a_customer_with_the_log_in() -> None:
    customer, client = a_customer(), proved(staff(Role.CALL_CENTRE))
    page = client.get(reverse("admin:customers_customer_change", args=[customer.ref]))
    assert b'value="switch_off"' in page.content
    assert b'value="ask_reset"' not in page.content
    for act in ("lift_limit", "sign_out", "switch_off"):
        assert post(client, customer, act).status_code == 302
    assert not User.objects.get(pk=customer.user_id).is_active
    post(client, customer, "switch_on")
    told = [kind for kind in kinds() if kind.startswith("users.")]
    assert told == [
        "users.code_limit_lifted",
        "users.signed_out_everywhere",
        "users.switched_off",
        "users.switched_on",
    ]
    assert set(Entry.objects.filter(kind__in=told).values_list("reason", flat=True)) == {
        "当面核实"
    }


def test_an_act_needs_a_reason_a_right_and_a_fresh_proof() -> None:
    customer = a_customer()
    post(proved(staff(Role.CALL_CENTRE)), customer, "switch_off", reason=" ")
    assert post(proved(staff(Role.COMPLIANCE)), customer, "switch_off").status_code == 403
    post(proved(staff(Role.OPERATIONS), 10), customer, "switch_off")  # led to prove it first
    post(proved(staff(Role.OPERATIONS)), customer, "ask_reset")  # not for customers
    assert User.objects.get(pk=customer.user_id).is_active
    assert not FactorReset.objects.exists()


def test_nobody_acts_on_their_own_log_in() -> None:
    administrator = staff(Role.ADMINISTRATOR)
    client = proved(administrator)
    page = client.get(reverse("admin:users_user_change", args=[administrator.ref]))
    assert b'name="act"' not in page.content
    post(client, administrator, "switch_off")
    assert User.objects.get(pk=administrator.pk).is_active


def test_a_reset_of_factors_takes_two_administrators(at) -> None:
    lost = make_staff_user("忘了")
    Authenticator.objects.create(user=lost, type="totp", data={"secret": "x"})
    first, second = staff(Role.ADMINISTRATOR), staff(Role.ADMINISTRATOR)
    client = proved(first)
    post(client, lost, "ask_reset")
    post(client, lost, "ask_reset")  # one waits already
    asked = FactorReset.objects.get()
    values: dict[str, Any] = {
        "model": FactorReset,
        "ref": asked.ref,
        "decision": Decision.APPROVED,
    }
    with pytest.raises(FourEyesRefused):
        decide(checker=first, at=at, **values)
    assert Authenticator.objects.filter(user=lost).exists()
    decide(checker=second, at=at, **values)
    assert not Authenticator.objects.filter(user=lost).exists()


def test_nobody_agrees_to_the_reset_of_their_own_factors(at) -> None:
    asked = records.factor_reset(make_unit(), None)
    own = staff(Role.ADMINISTRATOR)
    mine = FactorReset.objects.create(
        user=own, reason="x", made_by_ref=asked.made_by_ref, made_at=at
    )
    with pytest.raises(FourEyesRefused):
        decide(model=FactorReset, ref=mine.ref, checker=own, decision=Decision.APPROVED, at=at)


RULE = {
    "key": "retention.drafts",
    "scope": "",
    "valid_from": "2030-01-01",
    "valid_to": "",
    "value": '"P60D"',
    "legal_basis": "",
    "source": "决定",
    "confidence": "P",
    "change_note": "",
}


def test_a_rule_is_proposed_by_one_and_released_by_another(at) -> None:
    maker, checker = staff(Role.OPERATIONS), staff(Role.HEAD_OFFICE)
    assert desk_of(maker).post(reverse("admin:reference_rule_add"), RULE).status_code == 302
    rule = Rule.objects.get(decision="pending")
    assert (rule.made_by_ref, rule.value) == (maker.ref, "P60D")
    assert Entry.objects.filter(kind="backoffice.record_added", subject_ref=rule.ref).exists()
    decide(model=Rule, ref=rule.ref, checker=checker, decision=Decision.APPROVED, at=at)
    assert Rule.objects.approved().filter(key=rule.key, valid_from=rule.valid_from).exists()


@pytest.mark.parametrize("change", [{"value": '"soon"'}, {"key": "no.such"}, {"source": ""}])
def test_a_rule_that_breaks_its_schema_is_refused_on_the_form(change) -> None:
    client = desk_of(staff(Role.OPERATIONS))
    answer = client.post(reverse("admin:reference_rule_add"), {**RULE, **change})
    assert answer.status_code == 200
    assert not Rule.objects.pending().exists()


def test_a_turn_of_a_switch_is_proposed() -> None:
    maker = staff(Role.OPERATIONS)
    values = {
        "key": "opening.surge",
        "is_on": "on",
        "starts_at": "2030-01-01 09:00",
        "starts_at_0": "2030-01-01",
        "starts_at_1": "09:00",
        "reason": "新股",
    }
    assert desk_of(maker).post(reverse("admin:reference_switch_add"), values).status_code == 302
    assert Switch.objects.get(decision="pending").made_by_ref == maker.ref


def test_a_hold_works_at_once_and_ends_by_two(at) -> None:
    maker, checker = staff(Role.HEAD_OFFICE), staff(Role.HEAD_OFFICE)
    client, subject = desk_of(maker), uuid4()
    values = {"subject_type": "customers.customer", "subject_ref": str(subject), "reason": "案件"}
    assert client.post(reverse("admin:reference_legalhold_add"), values).status_code == 302
    hold = LegalHold.objects.holding().get(subject_ref=subject)
    asked = {"hold": hold.pk, "reason": "结案"}
    client.post(reverse("admin:reference_holdrelease_add"), asked)
    client.post(reverse("admin:reference_holdrelease_add"), asked)  # asked for already
    release = HoldRelease.objects.get()
    assert release.made_by_ref == maker.ref
    decide(model=HoldRelease, ref=release.ref, checker=checker, decision=Decision.APPROVED, at=at)
    assert not LegalHold.objects.holding().exists()
    added = Entry.objects.filter(kind="backoffice.record_added")
    assert {entry.subject_ref for entry in added} == {hold.ref, release.ref}
