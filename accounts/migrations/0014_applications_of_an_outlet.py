"""The list of an outlet by status is read in its order, however few of a million rows fit."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built beside the running system; nothing is locked

    dependencies = [("accounts", "0013_read_after_the_page")]

    operations = [
        AddIndexConcurrently(
            model_name="application",
            index=models.Index(
                fields=["outlet", "status", "-id"], name="applications_of_an_outlet"
            ),
        ),
    ]
