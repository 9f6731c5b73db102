"""An outlet takes bids down too; its table is young and small, so its checks are read at once."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('products', '0021_counter_orders_and_winnings'),
        ('suitability', '0011_spoken_languages'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='counterorder',
            name='only_a_confirmed_counter_order_has_an_order',
        ),
        migrations.AddField(
            model_name='counterorder',
            name='bid',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='counter', to='products.bid', verbose_name='bid'),
        ),
        migrations.AddField(
            model_name='counterorder',
            name='book',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.book', verbose_name='subscription book'),
        ),
        migrations.AlterField(
            model_name='counterorder',
            name='dealing_day',
            field=models.DateField(blank=True, null=True, verbose_name='counts for the trading day'),
        ),
        migrations.AddConstraint(
            model_name='counterorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('bid', None), ('book', None), ('dealing_day__isnull', False)), models.Q(('book__isnull', False), ('dealing_day', None), ('order', None)), _connector='OR'), name='a_counter_order_says_its_day_or_its_book'),
        ),
        migrations.AddConstraint(
            model_name='counterorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status', 'ordered'), models.Q(('order__isnull', False), ('bid__isnull', False), _connector='OR')), models.Q(models.Q(('status', 'ordered'), _negated=True), ('bid', None), ('order', None)), _connector='OR'), name='only_a_confirmed_counter_order_has_an_order'),
        ),
    ]
