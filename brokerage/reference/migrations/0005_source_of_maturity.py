"""Which master of the trading counter named the day of maturity, so that their order is no matter.

Of what is there already only the newest master is known; an older one changes nothing of it.
"""

from django.db import migrations, models

KNOWN = """
UPDATE reference_instrument SET matures_source = source
WHERE matures_on IS NOT NULL AND source LIKE 'trading counter %'
"""


class Migration(migrations.Migration):

    dependencies = [
        ('reference', '0004_day_of_maturity'),
    ]

    operations = [
        migrations.AddField(
            model_name='instrument',
            name='matures_source',
            field=models.CharField(blank=True, editable=False, max_length=40, verbose_name='source of the day of maturity'),
        ),
        migrations.RunSQL(KNOWN, migrations.RunSQL.noop),
    ]
