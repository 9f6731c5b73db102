from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("accounts", "0027_after_opening"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="outsidecheck",
            options={
                "permissions": [
                    ("ask_again_outsidecheck", "Can have a question to a counterparty repeated")
                ],
                "verbose_name": "question to a counterparty",
                "verbose_name_plural": "questions to counterparties",
            },
        ),
        migrations.AddField(
            model_name="followup",
            name="tried_at",
            field=models.DateTimeField(blank=True, null=True, verbose_name="last called at"),
        ),
        migrations.AddField(
            model_name="followup",
            name="tries",
            field=models.PositiveSmallIntegerField(
                default=0, verbose_name="calls without an answer"
            ),
        ),
        migrations.AddConstraint(
            model_name="followup",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("tried_at", None), ("tries", 0)),
                    models.Q(("tried_at__isnull", False), ("tries__gt", 0)),
                    _connector="OR",
                ),
                name="a_call_without_an_answer_says_when",
            ),
        ),
    ]
