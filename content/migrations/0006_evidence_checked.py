"""The check of 0005 for the rows that were there; nothing is locked."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # read beside the running system

    dependencies = [("content", "0005_evidence_in_both_languages")]

    operations = [
        ValidateConstraint("item", "item_claim_verdict_and_evidence_go_together"),
        ValidateConstraint("revision", "revision_claim_verdict_and_evidence_go_together"),
    ]
