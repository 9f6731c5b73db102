"""`=` beside `&&` in one exclusion constraint needs btree_gist (core PostgreSQL, trusted)."""

from django.contrib.postgres.operations import BtreeGistExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [BtreeGistExtension()]
