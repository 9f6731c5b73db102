"""Applications are found by the keyed hash of the applicant's name; see customers 0002."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0020_life_final_refusal")]

    operations = [
        migrations.AddField(
            model_name="application",
            name="applicant_name_hash",
            field=models.CharField(blank=True, editable=False, max_length=64, null=True),
        ),
        AddIndexConcurrently(
            model_name="application",
            index=models.Index(
                fields=["applicant_name_hash", "-id"],
                condition=models.Q(applicant_name_hash__isnull=False),
                name="applications_by_name",
            ),
        ),
    ]
