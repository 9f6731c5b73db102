"""Counters of rate limits are written with every call and may vanish in a crash."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("partners", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "ALTER TABLE partners_ratewindow SET UNLOGGED",
            "ALTER TABLE partners_ratewindow SET LOGGED",
        )
    ]
