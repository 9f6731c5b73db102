"""How many rows the sender of a list announced."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backoffice', '0002_import_desk'),
    ]

    operations = [
        migrations.AddField(
            model_name='importrun',
            name='announced_count',
            field=models.PositiveIntegerField(editable=False, help_text='As many as the sender said there are; empty where nobody said.', null=True, verbose_name='rows announced'),
        ),
    ]
