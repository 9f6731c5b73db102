"""Encrypted fields, tried on the log-in's phone number."""

from __future__ import annotations

import copy
import json
import pickle
import uuid
from typing import Any

import pytest
from django.apps.registry import Apps
from django.contrib.admin import ModelAdmin
from django.contrib.admin.sites import AdminSite
from django.core import checks, serializers
from django.core.exceptions import FieldError
from django.db import connection, models, transaction
from django.db.models import F, Value
from django.forms import modelform_factory
from django.forms.models import model_to_dict

from brokerage.core import field_checks
from brokerage.core.crypto import CannotOpen, keyed_hash, seal
from brokerage.core.fields import EncryptedTextField, Sealed
from brokerage.users.models import User

PHONE = "+8613800138000"
OTHER = "+8613900139000"
pytestmark = pytest.mark.django_db


@pytest.fixture
def user() -> User:
    return User.objects.create_customer(PHONE)


def token_of(user: User) -> str:
    with connection.cursor() as cursor:
        cursor.execute("select phone from users_user where id = %s", [user.pk])
        return cursor.fetchone()[0]


def write(user: User, token: str | None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("update users_user set phone = %s where id = %s", [token, user.pk])


def test_the_column_holds_a_token_and_the_attribute_the_value(user):
    assert token_of(user).startswith("t1:")
    assert PHONE not in token_of(user)
    assert user.phone == PHONE
    assert User.objects.get(pk=user.pk).phone == PHONE


def test_saving_an_unchanged_row_does_not_seal_it_again(user):
    before = token_of(user)
    user.save()
    loaded = User.objects.get(pk=user.pk)
    loaded.language = "en"
    loaded.save()
    assert loaded.phone == PHONE
    loaded.save()
    loaded.phone = loaded.phone
    loaded.full_clean()
    loaded.save()
    assert token_of(user) == before


def test_a_new_value_is_sealed_anew(user):
    before = token_of(user)
    user.set_phone(OTHER)
    user.save(update_fields=["phone", "phone_hash"])
    assert token_of(user) != before
    assert User.objects.get(pk=user.pk).phone == OTHER


def test_a_deferred_value_is_read_on_demand_and_keeps_its_token(user):
    before = token_of(user)
    for rows in (
        User.objects.defer("phone"),
        User.objects.only("email"),
        User.objects.defer("ref", "phone"),
    ):
        loaded = rows.get(pk=user.pk)
        assert "phone" not in loaded.__dict__
        assert loaded.phone == PHONE
        loaded.save()
    assert token_of(user) == before


def test_refreshing_brings_what_stands_in_the_column(user):
    loaded = User.objects.get(pk=user.pk)
    user.set_phone(OTHER)
    user.save()
    loaded.refresh_from_db()
    assert loaded.phone == OTHER
    loaded.save()
    assert token_of(user) == loaded.__dict__["phone"]


def test_null_and_empty_stay_what_they_are(user):
    staff = User.objects.create_staff("a@example.com")
    assert User.objects.get(pk=staff.pk).phone is None
    assert User.objects.filter(phone__isnull=True).get() == staff
    staff.phone = ""
    assert staff.phone == ""


def test_query_sets_hand_out_tokens_only(user):
    for rows in (
        User.objects.values("phone"),
        User.objects.annotate(copy=F("phone")).values("copy"),
        User.objects.values_list("phone"),
    ):
        assert PHONE not in str(list(rows))
    [token] = User.objects.values_list("phone", flat=True)
    assert isinstance(token, Sealed)


def test_many_rows_inserted_at_once_are_sealed():
    users = [User(kind="customer", password="!") for _ in range(3)]
    for number, user in enumerate(users):
        user.set_phone(f"+861380013800{number}")
    User.objects.bulk_create(users)
    assert sorted(str(user.phone) for user in User.objects.all()) == [
        f"+861380013800{number}" for number in range(3)
    ]
    assert all(token_of(user).startswith("t1:") for user in users)


@pytest.mark.parametrize(
    "value", [PHONE, Value(PHONE), F("email")], ids=["text", "value", "column"]
)
def test_update_is_refused(user, value):
    with pytest.raises(TypeError), transaction.atomic():
        User.objects.update(phone=value)
    assert User.objects.get().phone == PHONE


def test_bulk_update_is_refused(user):
    user.phone = OTHER
    with pytest.raises(TypeError):
        User.objects.bulk_update([user], ["phone"])


@pytest.mark.parametrize("value", [F("email"), 5, b"x", ["x"]])
def test_only_text_can_be_set(user, value):
    with pytest.raises(TypeError):
        user.phone = value


@pytest.mark.parametrize(
    "lookup",
    ["phone", "phone__exact", "phone__contains", "phone__startswith", "phone__in", "phone__gt"],
)
def test_there_is_no_search_in_ciphertext(lookup):
    with pytest.raises(FieldError):
        list(User.objects.filter(**{lookup: PHONE}))


def test_a_token_copied_to_another_row_does_not_open(user):
    thief = User.objects.create_customer(OTHER)
    write(thief, token_of(user))
    with pytest.raises(CannotOpen):
        _ = User.objects.get(pk=thief.pk).phone
    loaded = User.objects.only("email").get(pk=user.pk)
    loaded.__dict__["phone"] = Sealed(token_of(thief))
    assert loaded.phone == PHONE


def test_a_value_copied_by_assignment_is_sealed_for_its_new_row(user):
    other = User(kind="customer", password="!")
    other.phone = user.phone
    other.phone_hash = keyed_hash(OTHER, purpose="users.phone")
    other.save()
    assert token_of(other) != token_of(user)
    assert User.objects.get(pk=other.pk).phone == PHONE


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_an_altered_token_does_not_open(user, place):
    letters = list(token_of(user))
    letters[place] = "A" if letters[place] != "A" else "B"
    write(user, "".join(letters))
    with pytest.raises(CannotOpen) as caught:
        _ = User.objects.get(pk=user.pk).phone
    assert PHONE not in str(caught.value)


def test_an_altered_row_still_loads_and_saves_its_other_columns(user):
    write(user, "t1:broken")
    loaded = User.objects.get(pk=user.pk)
    loaded.language = "en"
    loaded.save()
    assert token_of(user) == "t1:broken"


def test_a_copy_with_a_new_ref_is_refused_before_it_is_stored(user):
    user.pk, user.ref, user._state.adding = None, uuid.uuid4(), True
    with pytest.raises(CannotOpen), transaction.atomic():
        user.save()
    assert User.objects.count() == 1


def test_a_ref_given_as_text_binds_the_same(user):
    ref = uuid.uuid4()
    fresh = User(kind="customer", password="!", ref=str(ref).upper())
    fresh.set_phone(OTHER)
    fresh.save()
    assert User.objects.get(ref=ref).phone == OTHER


def test_a_proxy_reads_and_writes_the_same_values(user):
    class Customer(User):
        class Meta:
            proxy = True
            app_label = "core"
            apps = Apps()

    seen = Customer.objects.get(pk=user.pk)
    assert seen.phone == PHONE
    seen.set_phone(OTHER)
    seen.save()
    assert User.objects.get(pk=user.pk).phone == OTHER


def test_nothing_that_leaves_the_row_carries_the_value(user):
    user.phone = PHONE
    fresh = User(kind="customer", password="!", phone=PHONE)
    for row in (user, fresh, User.objects.get(pk=user.pk), copy.deepcopy(user)):
        shown = repr(row) + str(row) + str(vars(row)) + str(model_to_dict(row))
        assert PHONE not in shown
        assert PHONE.encode() not in pickle.dumps(row)
    assert pickle.loads(pickle.dumps(user)).phone == PHONE
    with pytest.raises(TypeError):
        serializers.serialize("json", [user])


def test_model_forms_never_show_it():
    assert "phone" not in modelform_factory(User, fields="__all__").base_fields
    with pytest.raises(FieldError):
        modelform_factory(User, fields=["phone"])


@pytest.mark.parametrize(
    "attribute", ["list_display", "readonly_fields", "fields", "search_fields"]
)
def test_an_admin_that_shows_it_fails_the_check(monkeypatch, attribute):
    site = AdminSite()
    monkeypatch.setattr(field_checks, "all_sites", [site])
    site.register(User, type("Good", (ModelAdmin,), {attribute: ["email"]}))
    assert field_checks.admin_shows_no_secret(None) == []
    site.unregister(User)
    site.register(User, type("Bad", (ModelAdmin,), {attribute: ["email", "phone"]}))
    assert [found.id for found in field_checks.admin_shows_no_secret(None)] == ["core.E003"]


def test_a_model_without_a_ref_or_with_an_index_fails_the_check():
    class Bare(models.Model):  # noqa: DJ008 - never shown
        secret = EncryptedTextField()

        class Meta:
            app_label = "core"
            apps = Apps()

    class Late(models.Model):  # noqa: DJ008 - never shown
        secret = EncryptedTextField()
        ref = models.UUIDField(default=uuid.uuid4)

        class Meta:
            app_label = "core"
            apps = Apps()

    class Unique(models.Model):  # noqa: DJ008 - never shown
        ref = models.UUIDField(default=uuid.uuid4)
        secret = EncryptedTextField(unique=True)

        class Meta:
            app_label = "core"
            apps = Apps()

    def ids(model: type[models.Model]) -> list[str | None]:
        field: models.Field[Any, Any] = model._meta.get_field("secret")  # type: ignore[assignment]
        return [found.id for found in field.check()]

    assert ids(Bare) == ["core.E002"]
    assert ids(Late) == ["core.E002"]
    assert "core.E001" in ids(Unique)


def test_every_model_of_ours_passes_the_check():
    assert [
        found
        for found in checks.run_checks(tags=["models"])
        if found.id in {"core.E001", "core.E002"}
    ] == []


def test_a_token_sealed_by_hand_for_the_row_opens(user):
    write(user, seal(OTHER, context=f"users.user.phone:{user.ref}"))
    assert User.objects.get(pk=user.pk).phone == OTHER


def test_an_opened_value_is_text_like_any_other(user):
    phone = User.objects.get(pk=user.pk).phone
    assert phone
    staff = User.objects.create_staff("a@example.com", display_name=phone)
    assert User.objects.get(display_name=phone) == staff
    assert pickle.loads(pickle.dumps(phone)) == phone
    assert json.dumps(phone) == f'"{PHONE}"'
