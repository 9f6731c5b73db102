"""An inbox is read by the instant of its messages, no longer by their keys."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False  # built beside the running system; nothing is locked

    dependencies = [("messaging", "0002_rule_version_of_dated_rules")]

    operations = [
        AddIndexConcurrently(
            model_name="message",
            index=models.Index(fields=["user", "-created_at", "-id"], name="messages_by_time"),
        ),
        RemoveIndexConcurrently(model_name="message", name="message_inbox"),
    ]
