"""A changed tax declaration: signed, looked at by two where something was explained, kept."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.aml.states import AmlFactor
from accounts.models import AmlRating, TaxDeclaration
from accounts.own_data import declarations_told
from accounts.signing.codes import CodeWrong
from accounts.states import Status
from accounts.tax_changes.selectors import (
    differences,
    open_declaration,
    periods_of,
    returned_declaration,
    tax_answers,
)
from accounts.use_cases.decide_declaration import (
    UnableToAgree,
    confirm_declaration,
    propose_declaration,
    return_declaration,
)
from accounts.use_cases.declare_tax import (
    UnableToDeclare,
    begin_declaration,
    drop_declaration,
    save_declaration,
    send_tax_code,
    sign_declaration,
)
from brokerage.journal.models import Entry
from brokerage.messaging.models import Message
from tests.accounts.factories import ACTOR, AT, an_application
from tests.accounts.later_markets.factories import deliver
from tests.accounts.life.test_closing import Sent
from tests.accounts.tax_changes.factories import ABROAD, EXPLAINED, filled_in, settled, signed
from tests.customers.factories import a_customer
from tests.users.factories import make_staff_user

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=60)


def test_it_counts_at_once_and_the_one_before_is_kept_with_its_period(sent: Sent) -> None:
    application = settled()
    first = signed(sent, filled_in(application))
    assert (first.status, first.counts_from, first.late) == ("counts", AT, False)
    assert tax_answers(application)["residence"] == "both"
    second = signed(sent, filled_in(application, ABROAD | {"country_1": "JP"}, at=LATER), at=LATER)
    first.refresh_from_db()
    assert (first.status, first.counts_to) == ("replaced", LATER)
    periods = periods_of(application)
    assert [each.answers["residence"] for each in periods] == ["both", "both", "china"]
    assert [each.until for each in periods] == [None, LATER, AT]
    assert (periods[0].row, second.late) == (second, True), "true since 60 days"
    deliver(LATER)
    assert AmlFactor.ABROAD in AmlRating.objects.current().get().factors
    told = Message.objects.filter(text__kind="accounts.tax_declaration_counts")
    assert told.count() == 2
    said = Entry.objects.filter(kind="accounts.tax_declared").latest("pk").payload
    assert (said["fingerprint"], said["late"]) == (second.fingerprint, True)
    assert "S1234567D" not in str(Entry.objects.values_list("payload", flat=True))
    copy = declarations_told(application)
    assert [each["answers"]["country_1"] for each in copy] == ["SG", "JP"]


def test_what_does_not_fit_is_agreed_to_by_two(sent: Sent) -> None:
    application = settled()
    row = signed(sent, filled_in(application, EXPLAINED))
    assert (row.status, tax_answers(application)["residence"]) == ("signed", "china")
    one, other = make_staff_user(), make_staff_user()
    with pytest.raises(UnableToAgree, match="somebody else"):
        confirm_declaration(declaration=row, officer=other, at=AT)
    propose_declaration(declaration=row, officer=one, at=AT)
    with pytest.raises(UnableToAgree, match="Another person"):
        confirm_declaration(declaration=row, officer=one, at=AT)
    done = confirm_declaration(declaration=row, officer=other, at=LATER)
    assert (done.status, done.counts_from) == ("counts", LATER)
    assert tax_answers(application)["residence"] == "abroad"


def test_a_returned_one_stays_and_another_is_begun(sent: Sent) -> None:
    application = settled()
    row = signed(sent, filled_in(application, EXPLAINED))
    officer = make_staff_user()
    with pytest.raises(UnableToAgree, match="Say to the customer"):
        return_declaration(declaration=row, officer=officer, note=" ", at=AT)
    return_declaration(declaration=row, officer=officer, note="请写明居住地", at=AT)
    assert returned_declaration(application) == row
    deliver(AT)
    assert Message.objects.filter(text__kind="accounts.tax_declaration_returned").count() == 1
    again = filled_in(application, EXPLAINED, at=LATER)
    assert again.pk != row.pk
    row.refresh_from_db()
    assert row.declaration, "what was signed is kept"
    with pytest.raises(UnableToAgree):
        propose_declaration(declaration=row, officer=officer, at=LATER)


def test_nobody_decides_on_their_own(sent: Sent) -> None:
    row = signed(sent, filled_in(said=EXPLAINED))
    customer = row.application.customer.user
    assert customer is not None
    with pytest.raises(UnableToAgree, match="own declaration"):
        propose_declaration(declaration=row, officer=customer, at=AT)


def test_a_code_signs_exactly_what_was_read(sent: Sent) -> None:
    row = filled_in()
    send_tax_code(declaration=row, language="en", at=AT)
    code = sent.code
    row.refresh_from_db()
    row = save_declaration(
        declaration=row, values={"tin_1": "X"}, changed_on=AT.date(), version=row.version
    )
    with pytest.raises(CodeWrong):
        sign_declaration(declaration=row, code=code, actor=ACTOR, at=AT)
    row = signed(sent, row, at=AT + timedelta(minutes=2))
    again = sign_declaration(declaration=row, code="", actor=ACTOR, at=LATER)
    assert again.signed_at == AT + timedelta(minutes=2), "twice changes nothing"


def test_what_is_not_whole_or_says_nothing_new_is_not_signed(sent: Sent) -> None:
    application = settled()
    row = begin_declaration(application=application, at=AT)
    assert begin_declaration(application=application, at=AT).pk == row.pk
    with pytest.raises(UnableToDeclare, match="everything first"):
        send_tax_code(declaration=row, language="en", at=AT)
    row = save_declaration(
        declaration=row, values={"declares": True}, changed_on=AT.date(), version=row.version
    )
    with pytest.raises(UnableToDeclare, match="exactly this already"):
        send_tax_code(declaration=row, language="en", at=AT)
    with pytest.raises(UnableToDeclare, match="another device"):
        save_declaration(declaration=row, values={}, changed_on=None, version=0)
    row = save_declaration(
        declaration=row,
        values=ABROAD | {"residence": "abroad"},  # with an identity card of the mainland
        changed_on=AT.date(),
        version=row.version,
    )
    with pytest.raises(UnableToDeclare, match="does not fit together"):
        send_tax_code(declaration=row, language="en", at=AT)
    drop_declaration(declaration=row)
    assert open_declaration(application) is None
    waiting = an_application(Status.VISIT, customer=a_customer("+8613900139112"))
    with pytest.raises(UnableToDeclare, match="has to be active"):
        begin_declaration(application=waiting, at=AT)


def test_the_database_lets_none_count_unsigned_or_by_one_person(sent: Sent) -> None:
    row = signed(sent, filled_in(said=EXPLAINED))
    officer = make_staff_user()
    wrong = (
        {"status": "counts", "counts_from": AT},
        {"status": "counts", "counts_from": AT, "explained": False, "proposed_by": officer},
        {
            "status": "counts",
            "counts_from": AT,
            "proposed_by": officer,
            "decided_by": officer,
            "decided_at": AT,
        },
        {"declaration": None},
        {"status": "returned"},
        {"status": "draft"},
    )
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            TaxDeclaration.objects.filter(pk=row.pk).update(**values)


def test_the_difference_names_each_line() -> None:
    found = differences({"residence": "china"}, ABROAD)
    changed = {line.label for line in found if line.differs}
    assert "Where do you pay tax as a resident?" in changed
    assert "Declared" not in changed
