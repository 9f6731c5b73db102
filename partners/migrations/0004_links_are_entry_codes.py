"""The code holds the period; a link without a code is no more."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("partners", "0003_a_code_for_each_link")]

    operations = [
        migrations.RemoveConstraint(
            model_name="entrylink", name="an_entry_link_lives_a_while"
        ),
        migrations.RemoveField(model_name="entrylink", name="expires_at"),
        migrations.AlterField(
            model_name="entrylink",
            name="code",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entry_link",
                to="branches.entrycode",
                verbose_name="entry code",
            ),
        ),
    ]
