"""A file that the desk asked for again is fetched by the worker; two columns say how far it is."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('holdings', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='counterfile',
            name='ask_problem',
            field=models.CharField(blank=True, choices=[('unavailable', 'The trading counter does not answer. Try again later.'), ('busy', 'Another file is being taken. Try again in a minute.')], max_length=12, verbose_name='why it was not fetched'),
        ),
        migrations.AddField(
            model_name='counterfile',
            name='asked_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='fetched again at'),
        ),
    ]
