"""`=` beside `&&` in one exclusion constraint needs btree_gist (core PostgreSQL, trusted)."""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    # their generated migrations have exclusion constraints and cannot name this one themselves
    run_before = [("branches", "0001_initial"), ("suitability", "0001_initial")]
    operations = [BtreeGistExtension()]
