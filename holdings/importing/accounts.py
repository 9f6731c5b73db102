"""The counter's list of accounts: it makes known what the other files name.

Whose customer is not kept here is set aside, so that what files say of it stops nobody else.
"""

# ruff: noqa: S608 - conditions are those above, never of a file

from __future__ import annotations

from uuid import UUID

from django.db import connection

from holdings.importing.merging import MOST_CHANGES, Changes
from holdings.importing.reading import Issues
from holdings.importing.staging import note

FRESH = """
CREATE TEMP TABLE holdings_fresh ON COMMIT DROP AS
SELECT s.row, s.account AS ref, s.customer AS customer_ref, s.kind, s.opened_on,
    nullif(s.closed_on, '')::date AS closed_on, c.id AS customer_id,
    a.customer_id AS owner_id, a.kind AS known_kind
FROM holdings_stage s
    LEFT JOIN customers_customer c ON c.ref = s.customer
    LEFT JOIN holdings_account a ON a.ref = s.account
"""
LOOKS = (
    ("customer", "owner", "owner_id IS NOT NULL AND owner_id IS DISTINCT FROM customer_id"),
    ("kind", "kind", "known_kind <> kind"),
    ("closed_on", "form", "closed_on < opened_on"),
)
_NEWER = """FROM holdings_fresh f JOIN holdings_account a ON a.ref = f.ref
WHERE a.told_by < %(source)s COLLATE "C"
    AND (a.opened_on, a.closed_on) IS DISTINCT FROM (f.opened_on, f.closed_on)
"""
DIFFERENT = f"SELECT count(*) {_NEWER}"
EACH = f"""
INSERT INTO holdings_filechange (file_id, account_id, number, before, after)
SELECT %(file)s, a.id, '',
    jsonb_build_object('opened_on', a.opened_on, 'closed_on', a.closed_on),
    jsonb_build_object('opened_on', f.opened_on, 'closed_on', f.closed_on)
{_NEWER} ORDER BY a.id LIMIT %(most)s
"""
# `told_by` moves on where nothing else does, or an older list that comes later would win
KNOWN = """
WITH merged AS (
    INSERT INTO holdings_account AS old
        (ref, customer_id, kind, opened_on, closed_on, told_by)
    SELECT ref, customer_id, kind, opened_on, closed_on, %(source)s
    FROM holdings_fresh WHERE customer_id IS NOT NULL ORDER BY ref
    ON CONFLICT (ref) DO UPDATE SET opened_on = excluded.opened_on,
        closed_on = excluded.closed_on, told_by = excluded.told_by
    WHERE old.told_by < excluded.told_by COLLATE "C"
    RETURNING ref, xmax = 0 AS fresh)
SELECT ref FROM merged WHERE fresh
"""
FOUND = "DELETE FROM holdings_unknownaccount u USING holdings_account a WHERE a.ref = u.ref"
RETAKE = """
UPDATE holdings_counterfile SET retake = true
WHERE status = 'taken' AND left_out > 0 AND kind <> 'accounts'
"""
UNKNOWN = """
INSERT INTO holdings_unknownaccount AS old
    (ref, customer_ref, kind, opened_on, closed_on, told_by)
SELECT ref, customer_ref, kind, opened_on, closed_on, %(source)s
FROM holdings_fresh WHERE customer_id IS NULL ORDER BY ref
ON CONFLICT (ref) DO UPDATE SET customer_ref = excluded.customer_ref, kind = excluded.kind,
    opened_on = excluded.opened_on, closed_on = excluded.closed_on, told_by = excluded.told_by
WHERE old.told_by < excluded.told_by COLLATE "C"
"""
OURS = "SELECT count(customer_id) FROM holdings_fresh"


def resolve_accounts(issues: Issues) -> int:
    """Make `holdings_fresh` with the customers; note what contradicts an account that is kept.

    Returns:
        How many rows name a customer that is kept here.
    """
    with connection.cursor() as cursor:
        cursor.execute(FRESH)
        cursor.execute("ANALYZE holdings_fresh")
    for name, code, condition in LOOKS:
        note(f"SELECT row, '{name}', '{code}' FROM holdings_fresh WHERE {condition}", issues)
    with connection.cursor() as cursor:
        cursor.execute(OURS)
        ours: int = cursor.fetchone()[0]
    return ours


def merge_accounts(source: str, file: int) -> tuple[Changes, list[UUID]]:
    """Add accounts and correct their days; none is ever removed, because old days name them.

    Where an unknown account became known, the files that left rows out are to be taken again.

    Args:
        source: of `source_of`; what a newer list told stays.
        file: key of the list, for what it corrects.

    Returns:
        What was written, and the refs of the accounts that are new.
    """
    values: dict[str, str | int] = {"source": source, "file": file, "most": MOST_CHANGES}
    with connection.cursor() as cursor:
        cursor.execute(DIFFERENT, values)
        changed: int = cursor.fetchone()[0]
        cursor.execute(EACH, values)
        cursor.execute(KNOWN, values)
        made = [ref for (ref,) in cursor.fetchall()]
        cursor.execute(UNKNOWN, values)
        cursor.execute(FOUND)
        if cursor.rowcount:
            cursor.execute(RETAKE)
    return Changes(len(made), changed), made
