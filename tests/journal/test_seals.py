"""Seals cover every committed entry exactly once; every kind of tampering is found."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from hypothesis import given, settings, strategies
from hypothesis.extra.django import TestCase

from brokerage.core.metrics import exposition
from brokerage.journal import metrics
from brokerage.journal.anchors import Anchor, BadAnchor, anchor_last_seal, read_anchors
from brokerage.journal.models import Entry, Seal
from brokerage.journal.record import record
from brokerage.journal.seals import FORMAT, Sealer, read_rows, seal_up_to
from brokerage.journal.verify import Checked, verify
from tests.journal.factories import AT, OTHER, SUBJECT, SYSTEM, ThingMoved, moved, seal_turn

pytestmark = pytest.mark.xdist_group("transactions")


@pytest.fixture(autouse=True)
def anchors(settings: Any, tmp_path: Path) -> Path:
    """Anchors of one test."""
    settings.ANCHOR_DIR = tmp_path / "anchors"
    return tmp_path / "anchors"


def tamper(statement: str, *values: Any) -> None:
    """What somebody with the rights of the database's owner can do."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)


def seal_everything() -> int:
    """Seal all entries; nobody else writes."""
    newest = Entry.objects.order_by("-id").first()
    return seal_up_to(newest.pk, at=AT) if newest else 0


def findings(**options: Any) -> list[tuple[str, str]]:
    return [(each.what, each.where) for each in verify(Checked(), **options)]


def written(count: int) -> list[Entry]:
    return [moved(f"s{number}") for number in range(count)]


# --- an honest journal --------------------------------------------------------------------------


@pytest.mark.django_db
def test_an_honest_journal_has_no_findings() -> None:
    for count in (3, 1, 5):
        written(count)
        assert seal_everything() == count
    anchor_last_seal(at=AT)
    moved("not yet sealed")
    checked = Checked()
    assert list(verify(checked)) == []
    assert (checked.rows, checked.seals, checked.anchors, checked.unsealed) == (9, 3, 1, 1)


@pytest.mark.django_db
def test_an_empty_journal_has_no_findings_and_no_seal() -> None:
    assert seal_up_to(10**9, at=AT) == 0
    assert anchor_last_seal(at=AT) is None
    assert findings() == []


@pytest.mark.django_db
def test_seals_follow_one_another_without_gaps() -> None:
    for _ in range(3):
        written(2)
        seal_everything()
    seals = list(Seal.objects.order_by("number"))
    assert [seal.number for seal in seals] == [1, 2, 3]
    for before, after in pairwise(seals):
        assert after.from_id == before.to_id + 1
        assert bytes(after.previous) == bytes(before.hash)


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_commits_late_is_sealed_and_not_skipped() -> None:
    drawn, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with transaction.atomic():
            moved("slow")
            drawn.set()
            go_on.wait(10)
        connection.close()

    sealer = Sealer()
    slow = threading.Thread(target=write_slowly)
    slow.start()
    assert drawn.wait(10)
    quick = moved("quick", subject=OTHER)
    assert sealer.turn(at=AT) == 0  # a smaller id may still appear
    go_on.set()
    slow.join()
    assert seal_turn(sealer) == 2
    assert Entry.objects.order_by("id").last() == quick
    assert findings() == []
    assert seal_turn(sealer) == 0


@pytest.mark.django_db(transaction=True)
def test_a_rolled_back_entry_leaves_a_hole_that_sealing_passes() -> None:
    moved()
    with transaction.atomic():
        moved()
        transaction.set_rollback(True)
    moved()
    assert seal_turn(Sealer()) == 2
    assert findings() == []


@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_seal_every_entry_once() -> None:
    written(20)
    newest = Entry.objects.order_by("-id").values_list("pk", flat=True)[0]
    start = threading.Barrier(4)
    counts: list[int] = []

    def seal() -> None:
        start.wait()
        counts.append(seal_up_to(newest, at=AT))
        connection.close()

    threads = [threading.Thread(target=seal) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 20
    assert findings() == []


# --- tampering ----------------------------------------------------------------------------------

COLUMNS = {
    "ref": "gen_random_uuid()",
    "kind": "'tests.other'",
    "subject_type": "'tests.other'",
    "subject_ref": "gen_random_uuid()",
    "version": "77",
    "actor_name": "'someone'",
    "on_behalf_of": "gen_random_uuid()",
    "reason": "'because'",
    "rule_version": "'2'",
    "payload": """'{"status": "approved"}'""",
    "before": "'{}'",
    "after": "'null'",
    "request_id": "'x'",
    "channel": "'api'",
    "address": "'192.0.2.0/24'",
    "at": "at - interval '1 microsecond'",
    "recorded_at": "recorded_at + interval '1 microsecond'",
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.django_db
def test_an_altered_value_is_found_in_every_column(column: str) -> None:
    _, target, _ = written(3)
    seal_everything()
    tamper(f"UPDATE journal_entry SET {column} = {COLUMNS[column]} WHERE id = %s", target.pk)
    assert findings() == [("altered", f"entry {target.pk}")]


def test_the_seal_covers_every_column_of_the_entry() -> None:
    covered = {"id", "actor_kind", "actor_ref", *COLUMNS}  # those two change together
    assert {field.column for field in Entry._meta.concrete_fields} == covered


@pytest.mark.django_db
def test_another_actor_is_found() -> None:
    target = moved()
    seal_everything()
    tamper("UPDATE journal_entry SET actor_kind = 'user', actor_ref = gen_random_uuid()")
    assert findings() == [("altered", f"entry {target.pk}")]


@pytest.mark.parametrize("position", [0, 2, 4])
@pytest.mark.django_db
def test_a_removed_entry_is_found(position: int) -> None:
    target = written(5)[position]
    seal_everything()
    tamper("DELETE FROM journal_entry WHERE id = %s", target.pk)
    assert findings() == [("removed", f"entry {target.pk}")]


@pytest.mark.django_db
def test_an_inserted_entry_is_found() -> None:
    moved()
    with transaction.atomic():
        gap = moved().pk
        transaction.set_rollback(True)
    moved()
    seal_everything()
    tamper(
        "INSERT INTO journal_entry (id, ref, kind, subject_type, subject_ref, version, actor_kind,"
        " actor_name, reason, rule_version, payload, request_id, channel, address, at)"
        " SELECT %s, ref, kind, subject_type, subject_ref, 9, actor_kind, actor_name, reason,"
        " rule_version, payload, request_id, channel, address, at FROM journal_entry LIMIT 1",
        gap,
    )
    assert findings() == [("inserted", f"entry {gap}")]


@pytest.mark.django_db
def test_swapped_entries_are_found() -> None:
    first, _, third = written(3)
    seal_everything()
    for source, target in ((first.pk, -1), (third.pk, first.pk), (-1, third.pk)):
        if target == -1:  # aside, in a partition that takes it
            tamper("UPDATE journal_entry SET id = 0 WHERE id = %s", source)
        else:
            tamper("UPDATE journal_entry SET id = %s WHERE id = %s", target, max(source, 0))
    assert findings() == [("swapped", f"entry {first.pk}"), ("swapped", f"entry {third.pk}")]


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE journal_seal SET hash = sha256('x') WHERE number = 2", "seal"),
        ("UPDATE journal_seal SET previous = sha256('x') WHERE number = 2", "chain"),
        ("UPDATE journal_seal SET from_id = from_id - 1 WHERE number = 2", "chain"),
        ("UPDATE journal_seal SET leaves = '' WHERE number = 2", "inserted"),
        ("UPDATE journal_seal SET count = 1 WHERE number = 2", "seal"),
        ("UPDATE journal_seal SET number = 9 WHERE number = 3", "chain"),
        ("DELETE FROM journal_seal WHERE number = 1", "chain"),
        ("DELETE FROM journal_seal WHERE number = 2", "chain"),
        ("DELETE FROM journal_seal WHERE number = 3", "tail"),
    ],
)
@pytest.mark.django_db
def test_a_changed_seal_is_found(statement: str, what: str) -> None:
    for _ in range(3):
        written(2)
        seal_everything()
    anchor_last_seal(at=AT)
    tamper(statement)
    assert what in [name for name, _ in findings()]


@pytest.mark.django_db
def test_a_cut_tail_is_found_by_the_anchor() -> None:
    for _ in range(3):
        written(2)
        seal_everything()
    anchor_last_seal(at=AT)
    keep = Seal.objects.get(number=2).to_id
    tamper("DELETE FROM journal_entry WHERE id > %s", keep)
    tamper("DELETE FROM journal_seal WHERE number > 2")
    assert findings() == [("tail", "journal-2026-03.anchors:1")]


@pytest.mark.django_db
def test_a_journal_sealed_anew_after_a_change_is_found_by_the_anchor() -> None:
    written(3)
    seal_everything()
    anchor_last_seal(at=AT)
    tamper("DELETE FROM journal_seal")
    tamper("UPDATE journal_entry SET reason = 'nicer'")
    seal_everything()
    assert findings() == [("anchor", "journal-2026-03.anchors:1")]


@pytest.mark.django_db
def test_verification_since_a_day_leaves_out_older_rows() -> None:
    old = moved()
    seal_everything()
    new = moved()
    seal_up_to(new.pk, at=AT + timedelta(days=2))
    anchor_last_seal(at=AT + timedelta(days=2))
    tamper("UPDATE journal_entry SET reason = 'x'")
    assert findings(since=AT + timedelta(days=1)) == [("altered", f"entry {new.pk}")]
    assert ("altered", f"entry {old.pk}") in findings()


@pytest.mark.django_db
def test_the_command_names_what_it_found_and_fails(capsys: Any) -> None:
    target = moved()
    seal_everything()
    call_command("verify_journal")
    assert "1 entries in 1 seals" in capsys.readouterr().out
    tamper("UPDATE journal_entry SET reason = 'x'")
    with pytest.raises(CommandError, match="1 findings"):
        call_command("verify_journal", "--since", "2026-01-01")
    assert f"altered: entry {target.pk}" in capsys.readouterr().out


# --- anchors ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_seal_is_anchored_once(anchors: Path) -> None:
    moved()
    seal_everything()
    assert anchor_last_seal(at=AT) is not None
    assert anchor_last_seal(at=AT + timedelta(hours=1)) is None
    moved()
    seal_everything()
    anchor_last_seal(at=AT + timedelta(days=40))
    assert [where for where, _ in read_anchors()] == [
        "journal-2026-03.anchors:1",
        "journal-2026-04.anchors:1",
    ]
    assert (anchors / "journal-2026-03.anchors").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "change",
    [
        lambda line: line.replace('"seal": 1', '"seal": 2'),
        lambda line: line.replace('"hash": "', '"hash": "0'),
        lambda line: line.replace("2026", "2025"),
        lambda line: line[:50],
        lambda line: "[]\n",
    ],
)
@pytest.mark.django_db
def test_a_changed_anchor_is_found(change: Callable[[str], str], anchors: Path) -> None:
    moved()
    seal_everything()
    anchor_last_seal(at=AT)
    file = anchors / "journal-2026-03.anchors"
    file.write_text(change(file.read_text()))
    assert findings() == [("anchor", "journal-2026-03.anchors:1")]


@pytest.mark.django_db
def test_missing_anchors_are_found_after_a_day() -> None:
    moved()
    seal_everything()
    assert findings() == []
    seal_up_to(moved().pk, at=AT + timedelta(days=2))
    assert findings() == [("anchor", "folder")]


@pytest.mark.django_db
def test_an_anchor_that_does_not_fit_on_the_disk_leaves_the_file_as_it_was(
    anchors: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved()
    seal_everything()
    anchor_last_seal(at=AT)
    before = (anchors / "journal-2026-03.anchors").read_bytes()
    moved()
    seal_everything()
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:20]))
    with pytest.raises(OSError, match="completely"):
        anchor_last_seal(at=AT)
    assert (anchors / "journal-2026-03.anchors").read_bytes() == before


def test_an_anchor_signed_with_another_key_is_forged(settings: Any) -> None:
    line = Anchor(1, "ab", "2026-03-02T02:00:00+00:00").line()
    assert Anchor.read(line).number == 1
    settings.KEYS = replace(settings.KEYS, lookup=b"x" * 32)
    with pytest.raises(BadAnchor, match="forged"):
        Anchor.read(line)


# --- the canonical form -------------------------------------------------------------------------

TEXT = strategies.text(
    strategies.characters(codec="utf-8", exclude_characters="\0"), max_size=40
).filter(lambda text: not any(character.isdigit() for character in text))


class CanonicalForm(TestCase):
    """The digest of a row depends on every character of every value, and on nothing else."""

    @settings(derandomize=True, deadline=None, max_examples=60)
    @given(one=strategies.tuples(TEXT, TEXT), other=strategies.tuples(TEXT, TEXT))
    def test_rows_with_different_values_have_different_digests(
        self, one: tuple[str, str], other: tuple[str, str]
    ) -> None:
        digests = []
        for status, reason in (one, other, one):
            with transaction.atomic():
                event = ThingMoved(subject=SUBJECT, status=status)
                pk = record(event, actor=SYSTEM, at=AT, reason=reason).pk
            tamper(
                "UPDATE journal_entry SET ref = %s, version = 1, request_id = '', recorded_at = at"
                " WHERE id = %s",
                OTHER,
                pk,
            )
            digests += [digest for _, digest in read_rows(pk, pk, format=FORMAT)]
        assert digests[0] == digests[2]
        assert (digests[0] == digests[1]) == (one == other)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
@pytest.mark.django_db
def test_the_digest_does_not_depend_on_the_session(zone: str) -> None:
    entry = moved()
    before = list(read_rows(entry.pk, entry.pk, format=FORMAT))
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL timezone = '{zone}'; SET LOCAL datestyle = 'German'")
        cursor.execute("SET LOCAL bytea_output = 'escape'; SET LOCAL extra_float_digits = -5")
    assert list(read_rows(entry.pk, entry.pk, format=FORMAT)) == before


# --- figures ------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_figures_tell_what_is_not_sealed() -> None:
    assert (metrics.unsealed(), metrics.last_seal_age(at=AT)) == (0, None)
    written(2)
    seal_everything()
    moved()
    assert metrics.unsealed() == 1
    assert metrics.last_seal_age(at=AT + timedelta(minutes=1)) == timedelta(minutes=1)


@pytest.mark.django_db
def test_the_figures_of_the_journal_are_exposed() -> None:
    shown = exposition().decode()
    for name in ("pending", "oldest_pending_seconds", "dead_letters", "unsealed", "rows_left"):
        assert f'brokerage_journal{{of="{name}"}}' in shown
