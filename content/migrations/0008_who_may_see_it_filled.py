"""Fills what 0007 added, and checks it; nothing is locked for long."""

from django.contrib.postgres.operations import (
    AddIndexConcurrently,
    RemoveIndexConcurrently,
    ValidateConstraint,
)
from django.db import migrations, models

PORTION = 2000
FILL = """
UPDATE content_item SET live_id = live_id WHERE id IN (
    SELECT id FROM content_item WHERE live_id IS NOT NULL AND live_expires_on IS NULL
    ORDER BY id LIMIT %s)
"""


def fill(apps, schema_editor):
    """The trigger of 0007 copies from the version, whatever is written."""
    with schema_editor.connection.cursor() as cursor:
        while True:
            cursor.execute(FILL, [PORTION])
            if cursor.rowcount < PORTION:
                return


class Migration(migrations.Migration):
    atomic = False  # portion by portion beside the running system

    dependencies = [("content", "0007_who_may_see_it")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        ValidateConstraint("item", "item_for_everybody_has_the_lowest_grade"),
        ValidateConstraint("item", "a_released_item_has_its_version_and_time"),
        ValidateConstraint("item", "a_shown_version_has_its_audience"),
        ValidateConstraint("revision", "revision_for_everybody_has_the_lowest_grade"),
        ValidateConstraint("reminder", "only_what_a_person_follows_up_has_a_note"),
        AddIndexConcurrently(
            "item",
            models.Index(
                condition=models.Q(("status", "live")),
                fields=["-released_at", "-id"],
                include=(
                    "kind",
                    "unit",
                    "topic",
                    "live_licence",
                    "live_grade",
                    "live_tier",
                    "live_segment",
                    "live_for_holders",
                    "live_for_visitors",
                    "live_expires_on",
                ),
                name="released_items_by_audience",
            ),
        ),
        RemoveIndexConcurrently("item", "released_items_by_time"),
    ]
