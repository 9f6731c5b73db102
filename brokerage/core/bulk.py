"""Many new rows at once, as PostgreSQL takes them quickest."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connections, models, router


def copy_in(rows: Sequence[models.Model]) -> None:
    """Insert new rows of one model by COPY; their keys are made by the database.

    Several times quicker than `bulk_create` for long lists. Like it, it sends no signal and calls
    no `save`; unlike it, it gives no keys back. Encrypted fields are sealed as usual.

    Args:
        rows: unsaved, all of one model; may be empty.
    """
    if not rows:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    name = connection.ops.quote_name
    names = ", ".join(name(str(field.column)) for field in fields)
    statement = f"COPY {name(model._meta.db_table)} ({names}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields]
            )
