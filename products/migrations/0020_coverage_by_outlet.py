"""How many customers of an outlet hold a fund of ours, counted at night."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0013_points_have_a_checklist'),
        ('products', '0019_proofs_desks_and_second_looks'),
    ]

    operations = [
        migrations.CreateModel(
            name='Coverage',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('customers', models.PositiveIntegerField(verbose_name='customers at home there')),
                ('holders', models.PositiveIntegerField(verbose_name='of them with a fund of ours')),
                ('counted_at', models.DateTimeField(verbose_name='counted at')),
                ('unit', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet')),
            ],
            options={
                'verbose_name': 'coverage of an outlet',
                'verbose_name_plural': 'coverage by outlet',
                'constraints': [models.CheckConstraint(condition=models.Q(('customers__gt', 0), ('holders__lte', models.F('customers'))), name='no_more_hold_a_fund_than_are_at_home')],
            },
        ),
    ]
