"""Units are renamed on a day; what was under the old name is told under it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from branches.finder.outlets import Wish, all_outlets, search
from branches.models import UnitName, Visit
from branches.models.names import names_then
from branches.tasks import begin_names
from branches.use_cases.rename_unit import UnableToRename, let_names_begin, rename_unit
from brokerage.journal.models import Entry
from tests.branches.factories import ACTOR, OPENED, make_unit
from tests.visits.factories import a_visit, an_outlet

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
LATER = TODAY + timedelta(days=10)


@pytest.fixture(autouse=True)
def now(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)


def renamed(unit: Any, on: date = TODAY, **more: Any) -> UnitName:
    values = {"name_zh": "婺城江北营业部", "name_en": "Jiangbei Outlet"} | more
    return rename_unit(unit=unit, valid_from=on, actor=ACTOR, at=AT, **values)


def test_a_unit_begins_with_its_name() -> None:
    unit = make_unit()
    (name,) = unit.names.all()
    assert (name.name_zh, name.valid_from, name.valid_to) == (unit.name_zh, OPENED, None)


def test_a_new_name_ends_the_old_one_and_is_recorded() -> None:
    unit = make_unit(name_zh="双溪西路营业部", name_en="Shuangxi Outlet")

    renamed(unit)

    unit.refresh_from_db()
    assert (unit.name_zh, unit.name_en) == ("婺城江北营业部", "Jiangbei Outlet")
    assert [(n.name_zh, n.valid_to) for n in unit.names.order_by("valid_from")] == [
        ("双溪西路营业部", TODAY),
        ("婺城江北营业部", None),
    ]
    entry = Entry.objects.get(kind="branches.unit_renamed")
    assert (entry.payload["before"], entry.payload["after"]) == (
        "双溪西路营业部",
        "婺城江北营业部",
    )


def test_a_planned_name_begins_on_its_day_and_once(time_machine: Any) -> None:
    unit = make_unit(name_zh="双溪西路营业部")
    renamed(unit, LATER)
    unit.refresh_from_db()
    assert unit.name_zh == "双溪西路营业部"
    assert let_names_begin(at=AT + timedelta(days=9)) == 0

    time_machine.move_to(AT + timedelta(days=10), tick=False)
    begin_names(0)

    unit.refresh_from_db()
    assert unit.name_zh == "婺城江北营业部"
    assert let_names_begin(at=AT + timedelta(days=10)) == 0


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"on": TODAY - timedelta(days=1)}, "valid_from"),
        ({"name_zh": ""}, "name_zh"),
        ({"name_zh": "长" * 81}, "name_zh"),
    ],
)
def test_what_cannot_be_a_name_is_refused_at_its_field(values: Any, field: str) -> None:
    unit = make_unit()
    with pytest.raises(UnableToRename) as refused:
        renamed(unit, **values)
    assert list(refused.value.errors) == [field]
    assert unit.names.count() == 1


def test_the_same_name_and_a_second_plan_are_refused() -> None:
    unit = make_unit()
    with pytest.raises(UnableToRename, match="this name already"):
        renamed(unit, name_zh=unit.name_zh, name_en=unit.name_en)
    renamed(unit, LATER)
    with pytest.raises(UnableToRename, match="later change"):
        renamed(unit, TODAY + timedelta(days=3), name_zh="别名")


def test_the_database_keeps_one_name_at_a_time_and_each_as_it_was() -> None:
    unit = make_unit()
    with pytest.raises(IntegrityError, match="a_unit_has_one_name"), transaction.atomic():
        UnitName.objects.create(unit=unit, name_zh="二", name_en="Two", valid_from=TODAY)
    with pytest.raises(Exception, match="a_name_of_a_unit"), transaction.atomic():
        unit.names.update(name_zh="改")


def test_a_visit_is_told_under_the_name_of_its_day() -> None:
    unit = an_outlet()
    old = unit.name_zh
    visit = a_visit(unit)
    renamed(unit, visit.day + timedelta(days=1))
    let_names_begin(at=AT + timedelta(days=300))

    row = Visit.objects.select_related("unit").annotate(**names_then("unit", "day")).get()
    with translation.override("zh-hans"):
        assert row.unit.name == "婺城江北营业部"
        assert row.place_name == old


def test_whoever_knows_only_the_old_name_finds_the_outlet() -> None:
    unit = an_outlet()
    old = unit.name_zh
    renamed(unit)
    assert [line.pk for line in search(all_outlets(AT), Wish(query=old))] == [unit.pk]
