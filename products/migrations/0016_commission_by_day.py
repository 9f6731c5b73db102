"""What trades brought in, by day and outlet."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0013_points_have_a_checklist'),
        ('products', '0015_offer_campaigns'),
    ]

    operations = [
        migrations.CreateModel(
            name='CommissionDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('day', models.DateField(verbose_name='day')),
                ('trades', models.PositiveIntegerField(verbose_name='trades')),
                ('turnover', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='turnover')),
                ('charged', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='commission charged')),
                ('dues', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='of it to exchange and regulator')),
                ('left_out', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='turnover left out')),
                ('counted_at', models.DateTimeField(verbose_name='counted at')),
                ('unit', models.ForeignKey(help_text='Empty: of customers who are at home nowhere.', null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet')),
            ],
            options={
                'verbose_name': 'commission of a day',
                'verbose_name_plural': 'commission by day',
                'indexes': [models.Index(fields=['unit', 'day'], name='commission_of_a_unit')],
                'constraints': [models.UniqueConstraint(fields=('day', 'unit'), name='one_commission_a_day_and_unit', nulls_distinct=False), models.CheckConstraint(condition=models.Q(('charged__gte', 0), ('dues__gte', 0), ('left_out__gte', 0), ('turnover__gte', 0), ('dues__lte', models.F('turnover'))), name='commission_is_not_negative')],
            },
        ),
    ]
