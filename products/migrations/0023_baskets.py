"""Baskets of funds, and the funds in them."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from decimal import Decimal
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_further_documents'),
        ('products', '0022_bids_at_the_counter'),
        ('suitability', '0011_spoken_languages'),
    ]

    operations = [
        migrations.CreateModel(
            name='Basket',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('status', models.CharField(choices=[('open', 'open'), ('ordered', 'ordered'), ('emptied', 'emptied')], default='open', max_length=7, verbose_name='status')),
                ('version', models.PositiveIntegerField(default=0, verbose_name='version')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('changed_at', models.DateTimeField(verbose_name='changed at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='baskets', to='customers.customer', verbose_name='customer')),
            ],
            options={
                'verbose_name': 'basket',
                'verbose_name_plural': 'baskets',
            },
        ),
        migrations.CreateModel(
            name='BasketItem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='amount in yuan')),
                ('put_in_at', models.DateTimeField(verbose_name='put in at')),
                ('basket', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='items', to='products.basket', verbose_name='basket')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suitability.matchrecord', verbose_name='matching decision')),
                ('order', models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='basket_item', to='products.order', verbose_name='order')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.product', verbose_name='product')),
                ('terms', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.terms', verbose_name='terms of sale')),
            ],
            options={
                'verbose_name': 'fund in a basket',
                'verbose_name_plural': 'funds in baskets',
            },
        ),
        migrations.AddConstraint(
            model_name='basket',
            constraint=models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('customer',), name='one_open_basket_of_a_customer'),
        ),
        migrations.AddConstraint(
            model_name='basket',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'open')), models.Q(('ended_at__isnull', False), ('status__in', ['ordered', 'emptied'])), _connector='OR'), name='a_basket_that_ended_says_when'),
        ),
        migrations.AddConstraint(
            model_name='basketitem',
            constraint=models.UniqueConstraint(condition=models.Q(('order', None)), fields=('basket', 'product'), name='a_fund_waits_in_a_basket_once'),
        ),
        migrations.AddConstraint(
            model_name='basketitem',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('amount__lte', Decimal('1000000000.00'))), name='a_fund_in_a_basket_has_an_amount'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='basketitem',
            trigger=pgtrigger.compiler.Trigger(name='ordered_basket_items_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."order_id" IS NOT NULL)', func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='db2dae7f1975c5d63d427b577d72b48787062535', operation='DELETE', pgid='pgtrigger_ordered_basket_items_are_kept_645c2', table='products_basketitem', when='BEFORE')),
        ),
    ]
