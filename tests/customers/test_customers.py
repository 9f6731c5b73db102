"""A customer exists once; a document belongs to one customer."""

from __future__ import annotations

import threading

import pytest
from django.db import (
    IntegrityError,
    ProgrammingError,
    connection,
    transaction,
)

from brokerage.customers.models import Customer, IdType, ProfileVersion, Source
from brokerage.customers.selectors import (
    customer_of,
    find_by_identity,
    find_by_phone,
    profile_lines,
)
from brokerage.customers.use_cases import (
    IdentityTaken,
    UnableToCorrect,
    confirm_identity,
    correct_profile,
    ensure_customer,
)
from brokerage.journal.actors import Actor
from brokerage.journal.models import Entry
from brokerage.users.models import User
from tests.customers.factories import (
    NUMBER,
    PHONE,
    a_customer,
    a_user,
    an_identified_customer,
    profile_of,
)

pytestmark = pytest.mark.django_db


def kinds_of(ref) -> list[str]:
    return list(
        Entry.objects.filter(subject_ref=ref).order_by("id").values_list("kind", flat=True)
    )


def test_a_log_in_gets_one_customer_and_one_entry(at):
    user = a_user()
    first = ensure_customer(user=user, at=at)
    assert ensure_customer(user=user, at=at) == first
    assert kinds_of(first.ref) == ["customers.customer_registered"]
    assert customer_of(user) == first


def test_staff_are_no_customers(at):
    staff = User.objects.create_staff("wang@example.com")
    assert customer_of(staff) is None
    with pytest.raises(ValueError, match="customer"):
        ensure_customer(user=staff, at=at)


def test_a_customer_is_found_by_exact_phone_and_document():
    customer = an_identified_customer()
    assert find_by_phone(PHONE) == customer
    assert find_by_phone("+8613800138001") is None
    assert find_by_identity(IdType.RESIDENT_ID, " 330702 19900307 1236") == customer
    assert find_by_identity(IdType.PASSPORT, NUMBER) is None


def test_name_document_and_birth_date_are_unreadable_in_the_table():
    customer = an_identified_customer()
    with connection.cursor() as cursor:
        cursor.execute(
            "select c::text || coalesce(string_agg(p::text, ''), '') from customers_customer c "
            "left join customers_profileversion p on p.customer_id = c.id "
            "where c.id = %s group by c.*",
            [customer.pk],
        )
        row = cursor.fetchone()[0]
    for secret in ("张三丰", NUMBER, "1990-03-07", "婺城区"):
        assert secret not in row
    assert customer.masked_name == "张*"
    assert customer.masked_id_number == "330***********1236"


def test_the_same_document_is_refused_to_a_second_customer_without_saying_whose_it_is(at):
    first = an_identified_customer()
    with pytest.raises(IdentityTaken) as refused:
        an_identified_customer("+8613800138001")
    assert str(first.ref) not in str(refused.value)
    assert "张" not in str(refused.value)


def test_the_database_itself_refuses_a_second_customer_with_the_document(at):
    an_identified_customer()
    other = a_customer("+8613800138001")
    other.set_identity(id_type=IdType.RESIDENT_ID, number=NUMBER)
    other.name = "李四"
    with pytest.raises(IntegrityError), transaction.atomic():
        other.save()


@pytest.mark.django_db(transaction=True)
def test_of_twenty_that_confirm_the_same_document_at_once_one_wins(at):
    customers = [a_customer(f"+86138001380{number:02}") for number in range(20)]
    start, won, lost = threading.Barrier(20), [], []

    def confirm(customer: Customer) -> None:
        try:
            start.wait()
            confirm_identity(
                customer=customer,
                id_type=IdType.RESIDENT_ID,
                number=NUMBER,
                name="张三丰",
                birth_date=None,
                source=Source.OCR,
                actor=Actor.system("tests"),
                at=at,
            )
            won.append(customer)
        except IdentityTaken:
            lost.append(customer)
        finally:
            connection.close()

    threads = [threading.Thread(target=confirm, args=[customer]) for customer in customers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(won), len(lost)) == (1, 19)
    assert Customer.objects.with_identity(IdType.RESIDENT_ID, NUMBER).count() == 1


def test_a_correction_makes_a_version_and_keeps_the_sources_of_the_rest(at):
    customer = an_identified_customer()
    actor = Actor.of(customer.user)
    correct_profile(
        customer=customer,
        values={"address": "杭州市西湖区文三路 2 号", "occupation": "教师"},
        source=Source.CUSTOMER,
        actor=actor,
        at=at,
    )
    version = profile_of(customer)
    assert version.number == 2
    assert version.fields["name"] == "张三丰"
    assert version.provenance["name"]["source"] == Source.OCR
    assert version.provenance["address"] == {
        "source": "customer",
        "at": at.isoformat(),
        "by": str(customer.user.ref),
    }
    shown = {line.name: line.value for line in profile_lines(customer)}
    assert shown["name"] == "张*"
    assert shown["address"] == "杭州市西湖区***"
    assert shown["birth_date"] == "***"


def test_the_journal_names_changed_fields_and_no_value(at):
    customer = an_identified_customer()
    entry = Entry.objects.get(kind="customers.profile_corrected", subject_ref=customer.ref)
    assert entry.payload["fields"] == ["name", "id_type", "id_number", "birth_date", "address"]
    assert "张三丰" not in str(entry.payload)


def test_a_correction_that_changes_nothing_makes_no_version(at):
    customer = an_identified_customer()
    same = {"address": "浙江省金华市婺城区人民路 1 号"}
    made = correct_profile(
        customer=customer,
        values=same,
        source=Source.CUSTOMER,
        actor=Actor.of(customer.user),
        at=at,
    )
    assert made is None
    assert customer.profiles.count() == 1


@pytest.mark.parametrize(
    "values",
    [
        {"name": "王五"},
        {"id_number": "1"},
        {"colour": "red"},
        {"email": "no address"},
        {"address": "x" * 201},
    ],
)
def test_customers_cannot_set_identity_unknown_or_malformed_values(at, values):
    customer = an_identified_customer()
    with pytest.raises(UnableToCorrect) as refused:
        correct_profile(
            customer=customer,
            values=values,
            source=Source.CUSTOMER,
            actor=Actor.of(customer.user),
            at=at,
        )
    assert next(iter(values.values())) not in str(refused.value)
    assert customer.profiles.count() == 1


def test_direction_marks_and_control_characters_do_not_survive(at):
    customer = a_customer()
    correct_profile(
        customer=customer,
        values={"occupation": "\u202eteacher\x00\u200b "},
        source=Source.CUSTOMER,
        actor=Actor.of(customer.user),
        at=at,
    )
    assert profile_of(customer).fields["occupation"] == "teacher"


@pytest.mark.parametrize(
    "change",
    [lambda rows: rows.update(number=9), lambda rows: rows._raw_delete("default")],
    ids=["renumber", "delete"],
)
def test_versions_are_never_changed_or_removed(change):
    version = profile_of(an_identified_customer())
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        change(ProfileVersion.objects.filter(pk=version.pk))
    assert version.is_genuine


def test_a_profile_sealed_anew_with_other_content_is_noticed():
    version = profile_of(an_identified_customer())
    version.values = '{"name": "李四"}'
    version.save(update_fields=["values"])
    assert not ProfileVersion.objects.get(pk=version.pk).is_genuine
