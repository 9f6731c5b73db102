"""Migrations are told only what each operation needs; the schema they leave is the models'."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.db import connection, migrations, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ModelState, ProjectState

from brokerage.core.migrating import Unrendered, _seen_by


def a_state() -> ProjectState:
    """A grade of an item of a shop, and a note that points at nothing."""
    pk = ("id", models.BigAutoField(primary_key=True))
    states = [
        ModelState("tests", "Shop", [pk, ("code", models.TextField(unique=True))]),
        ModelState("tests", "Item", [pk, ("shop", a_key("tests.shop"))]),
        ModelState("tests", "Grade", [pk, ("item", a_key("tests.item")), ("word", text())]),
        ModelState("tests", "Note", [pk, ("word", text())]),
    ]
    return Unrendered({(one.app_label, one.name_lower): one for one in states}, set())


def a_key(to: str) -> Any:
    return models.ForeignKey(to=to, on_delete=models.PROTECT)


def text() -> Any:
    return models.TextField()


EVERYTHING = {"shop", "item", "grade", "note"}
ITEM = {"shop", "item"}
UNIQUE = models.UniqueConstraint(fields=["shop"], name="tests_one")


@pytest.mark.parametrize(
    ("operation", "seen"),
    [
        (migrations.AddField("item", "word", text()), ITEM),
        (migrations.AddField("Item", "word", text()), ITEM),
        (migrations.AddConstraint("item", UNIQUE), ITEM),
        (migrations.AlterField("grade", "word", text()), {"grade", *ITEM}),
        (migrations.AlterField("note", "word", text()), {"note"}),
        (migrations.CreateModel("Item", []), ITEM),
        # what others point at may change in their tables too
        (migrations.AlterField("shop", "id", models.BigAutoField(primary_key=True)), EVERYTHING),
        (migrations.RunPython(migrations.RunPython.noop), EVERYTHING),
        (migrations.DeleteModel("Note"), EVERYTHING),
    ],
)
def test_an_operation_sees_its_model_and_what_that_points_at(
    operation: Operation, seen: set[str]
) -> None:
    narrowed = _seen_by(operation, "tests", a_state())
    assert {name for _label, name in narrowed.models} == seen
    assert {model._meta.model_name for model in narrowed.apps.get_models()} == seen


def test_a_state_is_rendered_anew_after_each_change() -> None:
    state = a_state()
    before = state.clone()
    state.add_field("tests", "note", "more", text(), preserve_default=True)
    names = [
        {field.name for field in each.apps.get_model("tests", "note")._meta.get_fields()}
        for each in (before, state)
    ]
    assert names == [{"id", "word"}, {"id", "word", "more"}]


@pytest.mark.django_db
def test_tables_have_the_columns_and_named_constraints_of_their_models() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT attrelid::regclass::text, attname FROM pg_attribute "
            "WHERE attnum > 0 AND NOT attisdropped"
        )
        columns = {tuple(row) for row in cursor.fetchall()}
        cursor.execute(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint "
            "UNION SELECT tablename, indexname FROM pg_indexes WHERE schemaname = 'public'"
        )
        named = {tuple(row) for row in cursor.fetchall()}
    managed = [one for one in apps.get_models() if one._meta.managed and not one._meta.proxy]
    fields = {
        (one._meta.db_table, field.column)
        for one in managed
        for field in one._meta.local_concrete_fields
    }
    rules = {
        (one._meta.db_table, rule.name)
        for one in managed
        for rule in (*one._meta.constraints, *one._meta.indexes)
    }
    tables = {table for table, _column in fields}
    assert len(tables) > 200
    assert {row for row in columns if row[0] in tables} == fields
    assert rules - named == set()
