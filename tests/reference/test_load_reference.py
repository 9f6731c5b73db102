"""The commands: everything shipped goes in once, and a wrong file says where it is wrong."""

from __future__ import annotations

from datetime import UTC, date, datetime
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.db.models import Q

from brokerage.reference import checks
from brokerage.reference.loading import Counts
from brokerage.reference.models import Code, CodeList, CustodyBank, Rule
from brokerage.reference.schemas_shipped import RETENTION
from brokerage.reference.use_cases.load_reference import load_reference, loaders
from tests.reference.factories import write

pytestmark = pytest.mark.django_db


def test_loading_twice_changes_nothing(at):
    load_reference(at=at, sandbox=True)
    for name, counts in load_reference(at=at, sandbox=True).items():
        assert (counts.added, counts.changed, counts.waiting) == (0, 0, 0), name
        assert counts.unchanged, name


def test_every_shipped_rule_has_a_source_and_every_key_a_rule():
    keys = set(Rule.objects.filter(key__in=RETENTION).values_list("key", flat=True))
    assert keys == set(RETENTION)
    for key in RETENTION:
        rule = Rule.objects.in_force(key, date(2026, 3, 2))
        assert rule.source
        assert rule.figure.after(date(2026, 3, 2)) > date(2026, 3, 2)


def test_banks_and_codes_have_both_names_and_a_source():
    assert CustodyBank.objects.count() == 15
    assert Code.objects.filter(list=CodeList.INDUSTRY).count() == 20
    assert Code.objects.filter(list=CodeList.OCCUPATION).count() == 12
    for table in (CustodyBank.objects, Code.objects):
        assert not table.filter(Q(name_zh="") | Q(name_en="") | Q(source="")).exists()
    assert CustodyBank.objects.get(position=1).code == "ICBC"


def test_registered_loaders_run_after_the_own_files(at):
    seen = []

    def loader(when, sandbox):
        seen.append((when, sandbox))
        return Counts()

    loaders.register("test.loader", loader)
    try:
        done = load_reference(at=at, sandbox=False)
    finally:
        del loaders._items["test.loader"]
    assert seen == [(at, False)]
    assert next(iter(done)) == "reference.calendar"


def test_the_command_reports_what_it_did():
    out = StringIO()
    call_command("load_reference", stdout=out)
    assert "reference.divisions: 0 added" in out.getvalue()


def test_a_loading_command_names_the_wrong_cells(tmp_path):
    path = write(tmp_path, "date,day_type,is_trading_day\n2030-02-30,workday,1\n")
    with pytest.raises(CommandError, match="Nothing was loaded:\nrow 2, date"):
        call_command("load_calendar", str(path))


def test_a_loading_command_names_at_most_fifty_cells(tmp_path):
    path = write(tmp_path, "date,day_type,is_trading_day\n" + 60 * "x,workday,1\n")
    with pytest.raises(CommandError) as refused:
        call_command("load_calendar", str(path))
    assert str(refused.value).endswith("and 10 more")


def test_a_file_of_another_kind_stops_after_a_thousand_errors(tmp_path):
    path = write(tmp_path, "date,day_type,is_trading_day\n" + 5_000 * "x,y,z\n")
    with pytest.raises(CommandError) as refused:
        call_command("load_calendar", str(path))
    assert str(refused.value).endswith("and 950 more")


@pytest.mark.parametrize(
    ("moment", "ids"),
    [
        (datetime(2026, 9, 1, tzinfo=UTC), []),
        (datetime(2026, 11, 23, tzinfo=UTC), ["reference.W001"]),
    ],
)
def test_the_check_warns_while_the_calendar_runs_out(moment, ids):
    with time_machine.travel(moment, tick=False):
        assert [found.id for found in checks.check_reference(databases=["default"])] == ids
        assert checks.check_reference(databases=None) == []
