"""Customers are found by the keyed hash of their name.

The column comes empty and its index is built beside the running system: no row is rewritten and
nothing is locked. `manage.py rotate_keys --lookup` fills the rows that are older than the column.
"""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="customer",
            name="name_hash",
            field=models.CharField(blank=True, editable=False, max_length=64, null=True),
        ),
        AddIndexConcurrently(
            model_name="customer",
            index=models.Index(
                fields=["name_hash", "-id"],
                condition=models.Q(name_hash__isnull=False),
                name="customers_by_name",
            ),
        ),
    ]
