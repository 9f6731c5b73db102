"""What a verdict rests on stands in both languages; versions signed before stay as they are."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q

NAME = "{}_claim_verdict_and_evidence_go_together"
NOTHING = Q(verdict="", claim_zh="", claim_en="", evidence_zh="", evidence_en="")
ALL = ~Q(verdict="") & ~Q(claim_zh="") & ~Q(claim_en="") & ~Q(evidence_zh="")


def operations(model):
    return [
        migrations.RemoveConstraint(model, NAME.format(model)),
        migrations.RenameField(model, "evidence", "evidence_zh"),
        migrations.AlterField(
            model,
            "evidence_zh",
            models.TextField(
                blank=True,
                help_text="Announcements, registers, dates: what anybody can look up.",
                max_length=1000,
                verbose_name="what the verdict rests on, Chinese",
            ),
        ),
        migrations.AddField(
            model,
            "evidence_en",
            models.TextField(
                blank=True,
                default="",
                max_length=1600,
                verbose_name="what the verdict rests on, English",
            ),
            preserve_default=False,
        ),
        AddConstraintNotValid(
            model,
            models.CheckConstraint(
                condition=NOTHING | ALL,
                name=NAME.format(model),
                violation_error_message=(
                    "A claim has words in both languages, a verdict, and what it rests on."
                ),
            ),
        ),
    ]


class Migration(migrations.Migration):
    dependencies = [("content", "0004_original_of_a_text")]

    operations = [*operations("item"), *operations("revision")]
