"""Rows are saved by statements that stand, and hold what Django would have saved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from accounts.models import Application, Reading
from brokerage.core import clock
from brokerage.core.saving import insert_once, save_where, write_of
from brokerage.journal.models import Entry
from brokerage.journal.record import record, together
from brokerage.users.models import User
from tests.accounts.factories import an_application
from tests.journal.factories import AT, OFFICER, SUBJECT, ThingMoved
from tests.users.factories import make_customer_user

pytestmark = pytest.mark.django_db


def _columns(row: Any) -> dict[str, Any]:
    return {f.attname: getattr(row, f.attname) for f in row._meta.concrete_fields}


def test_a_row_of_every_kind_of_column_comes_back_as_it_was_saved() -> None:
    application = an_application()
    application.skills, application.promised_at = ["a", "乙"], clock.now() + timedelta(hours=1)
    application.save()
    again = Application.objects.get(pk=application.pk)
    assert _columns(again) == _columns(application)


def test_an_encrypted_column_is_saved_sealed_and_opens_again() -> None:
    user = make_customer_user("+8613900001001")
    user.language = "en"
    user.save()
    assert str(User.objects.get(pk=user.pk).phone) == "+8613900001001"
    with connection.cursor() as cursor:
        cursor.execute("SELECT phone FROM users_user WHERE id = %s", [user.pk])
        assert "13900001001" not in cursor.fetchone()[0]


def test_named_columns_alone_are_written() -> None:
    user = make_customer_user()
    User.objects.filter(pk=user.pk).update(language="en")
    user.language, user.is_active = "zh-hans", False
    user.save(update_fields=["is_active"])
    again = User.objects.get(pk=user.pk)
    assert (again.language, again.is_active) == ("en", False)


def test_the_statement_is_the_same_each_time_and_the_values_are_not() -> None:
    one, two = make_customer_user(), make_customer_user()
    with CaptureQueriesContext(connection) as seen:
        for user, language in ((one, "en"), (two, "zh-hans")):
            user.language = language
            user.save(update_fields=["language"])
    assert len(seen) == 2
    assert [User.objects.get(pk=each.pk).language for each in (one, two)] == ["en", "zh-hans"]


def test_an_expression_goes_the_usual_way() -> None:
    application = an_application()
    version = application.version
    application.version = F("version") + 1
    application.save(update_fields=["version"])
    application.refresh_from_db()
    assert application.version == version + 1


def test_a_row_that_is_gone_is_refused_or_inserted_as_django_does() -> None:
    user = make_customer_user()
    User.objects.filter(pk=user.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        user.save(update_fields=["language"])
    user.save()
    assert User.objects.get(pk=user.pk).ref == user.ref


def test_the_database_refuses_as_ever() -> None:
    user = make_customer_user()
    with pytest.raises(IntegrityError), transaction.atomic():
        User(ref=user.ref, kind=user.kind).save()


def test_a_row_is_saved_only_where_it_still_is_as_it_was_known() -> None:
    user = make_customer_user("+8613900001001")
    user.language, user.phone = "en", "+8613900001002"
    assert save_where(user, "language", "phone", is_active=True)
    again = User.objects.get(pk=user.pk)
    assert (again.language, str(again.phone)) == ("en", "+8613900001002")

    User.objects.filter(pk=user.pk).update(is_active=False)
    user.language = "zh-hans"
    with CaptureQueriesContext(connection) as seen:
        assert not save_where(user, "language", is_active=True)
    assert len(seen) == 1
    assert User.objects.get(pk=user.pk).language == "en"


def test_a_row_is_inserted_once() -> None:
    application, file = an_application(), uuid4()
    rows = [Reading(application=application, file_ref=file, side="portrait") for _ in range(2)]
    with CaptureQueriesContext(connection) as seen:
        assert [insert_once(row, "file_ref") for row in rows] == [True, False]
    assert len(seen) == 2
    assert Reading.objects.get() == rows[0]
    assert _columns(Reading.objects.get()) == _columns(rows[0])
    rows[0].milliseconds = 7
    rows[0].save()  # it is known to be there: no second one is inserted
    assert Reading.objects.get().milliseconds == 7


def _record(*rows: Any) -> Entry:
    event = ThingMoved(subject=SUBJECT, status="open")
    return record(event, actor=OFFICER, at=AT, rows=[write_of(each) for each in rows])


def test_rows_are_written_by_the_statement_of_their_entry_and_of_those_held_back() -> None:
    application = an_application()
    reading = Reading(application=application, file_ref=uuid4(), side="portrait")
    application.skills = ["a", "乙"]
    with CaptureQueriesContext(connection) as seen, together():
        held_back = _record()
        entry = _record(application, reading)
        assert (held_back.version, entry.version) == (1, 2)
    assert len(seen) == 1
    assert _columns(Application.objects.get(pk=application.pk)) == _columns(application)
    assert Reading.objects.get() == reading
    reading.milliseconds = 7
    reading.save()  # it is known to be there: no second one is inserted
    assert Reading.objects.get().milliseconds == 7


def test_a_row_that_the_database_refuses_takes_its_entry_along() -> None:
    application, file = an_application(), uuid4()
    _record(Reading(application=application, file_ref=file, side="portrait"))
    entries = Entry.objects.count()
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        _record(Reading(application=application, file_ref=file, side="emblem"))
    assert "file_ref" in str(refused.value)
    assert Entry.objects.count() == entries


def test_a_row_that_is_gone_is_not_written_with_an_entry() -> None:
    user = make_customer_user()
    User.objects.filter(pk=user.pk).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        _record(user)
    assert not Entry.objects.filter(subject_ref=SUBJECT).exists()
