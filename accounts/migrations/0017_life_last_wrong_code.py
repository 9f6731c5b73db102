"""The pause runs from the last wrong code, and the column says so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_permission_applications")]

    operations = [
        migrations.RenameField("codetries", "since", "last_wrong_at"),
        migrations.AlterField(
            "codetries", "last_wrong_at", models.DateTimeField(verbose_name="last wrong code")
        ),
    ]
