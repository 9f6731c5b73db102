"""Contracts of private funds."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0012_names_and_hosts_fit_units'),
        ('customers', '0001_initial'),
        ('files', '0002_parts'),
        ('products', '0012_goals'),
        ('suitability', '0007_professional_investors_and_disclosures'),
    ]

    operations = [
        migrations.CreateModel(
            name='PrivateContract',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('amount', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='amount in yuan')),
                ('status', models.CharField(choices=[('placed', 'signed, being paid'), ('cooling', 'cooling off'), ('binding', 'confirmed, binding'), ('unpaid', 'not paid'), ('lapsed', 'ended without an answer about the money'), ('cancelled', 'taken back')], default='placed', max_length=9, verbose_name='status')),
                ('seller_ref', models.UUIDField(verbose_name='seller')),
                ('rule_version', models.CharField(max_length=100, verbose_name='version of the rules')),
                ('placed_at', models.DateTimeField(verbose_name='signed at')),
                ('paid_at', models.DateTimeField(blank=True, null=True, verbose_name='paid at')),
                ('cooling_until', models.DateTimeField(blank=True, null=True, verbose_name='cools off until')),
                ('call_due', models.DateTimeField(blank=True, null=True, verbose_name='to be called until')),
                ('called_by_ref', models.UUIDField(blank=True, null=True, verbose_name='called by')),
                ('called_at', models.DateTimeField(blank=True, null=True, verbose_name='called at')),
                ('call_note', models.CharField(blank=True, max_length=300, verbose_name='what was said in the call')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('refund', models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='paid back')),
                ('refunded_at', models.DateTimeField(blank=True, null=True, verbose_name='paid back at')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='request for the money withdrawn at')),
                ('company', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='branch company')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='private_contracts', to='customers.customer', verbose_name='customer')),
                ('decision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='private_contracts', to='suitability.matchrecord', verbose_name='matching decision')),
                ('outlet', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet that serves')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='private_contracts', to='products.product', verbose_name='product')),
                ('recording', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile', verbose_name='recording')),
                ('terms', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='private_contracts', to='products.terms', verbose_name='terms of sale')),
            ],
            options={
                'verbose_name': 'contract of a private fund',
                'verbose_name_plural': 'contracts of private funds',
                'permissions': [('call_privatecontract', 'Can call who signed for a private fund')],
                'indexes': [models.Index(fields=['customer', '-placed_at'], name='private_of_a_customer'), models.Index(condition=models.Q(('status__in', ['placed', 'cooling'])), fields=['call_due'], name='private_to_be_called'), models.Index(condition=models.Q(models.Q(('revoked_at', None), ('status', 'lapsed')), models.Q(('refund__gt', 0), ('refunded_at', None)), _connector='OR'), fields=['id'], name='private_to_be_paid_back')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('status__in', ['placed', 'cooling'])), fields=('customer', 'product'), name='one_open_contract_of_a_private_fund'), models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('status__in', ['placed', 'cooling', 'binding', 'unpaid', 'lapsed', 'cancelled']), models.Q(('rule_version', ''), _negated=True)), name='a_private_contract_has_amount_and_status'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['cooling', 'binding', 'cancelled']), ('call_due__isnull', False), ('paid_at__isnull', False), ('cooling_until__gt', models.F('paid_at'))), models.Q(models.Q(('status__in', ['cooling', 'binding', 'cancelled']), _negated=True), ('call_due', None), ('cooling_until', None)), _connector='OR'), name='a_paid_private_contract_cools_off'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['placed', 'unpaid']), _negated=True), ('paid_at', None), _connector='OR'), name='an_unpaid_private_contract_is_unpaid'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'binding'), _negated=True), models.Q(('called_at__gte', models.F('cooling_until')), ('called_by_ref__isnull', False), models.Q(('call_note', ''), _negated=True)), _connector='OR'), name='a_call_after_the_cooling_off_makes_it_binding'), models.CheckConstraint(condition=models.Q(('called_by_ref', None), models.Q(('called_by_ref', models.F('seller_ref')), _negated=True), _connector='OR'), name='who_sells_does_not_call'), models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['placed', 'cooling']), ('ended_at', None)), models.Q(models.Q(('status__in', ['placed', 'cooling']), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='a_private_contract_that_ended_says_when'), models.CheckConstraint(condition=models.Q(models.Q(('status', 'cancelled'), _negated=True), ('refund', models.F('amount')), _connector='OR'), name='who_takes_it_back_gets_all_of_it'), models.CheckConstraint(condition=models.Q(models.Q(models.Q(('status', 'lapsed'), _negated=True), ('revoked_at', None)), models.Q(('status', 'lapsed'), models.Q(('paid_at', None), ('revoked_at__isnull', False), _connector='OR')), _connector='OR'), name='only_a_private_contract_that_lapsed_is_revoked')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='privatecontract',
            trigger=pgtrigger.compiler.Trigger(name='a_private_contract_belongs_to_a_branch_company', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF (SELECT kind FROM branches_orgunit WHERE id = NEW.company_id)\n                        IS DISTINCT FROM 'branch_company' THEN\n                        RAISE EXCEPTION 'a private contract belongs to a branch company'\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='0e17cfccf0d403393ce72e62a7905742918dadbc', operation='INSERT OR UPDATE', pgid='pgtrigger_a_private_contract_belongs_to_a_branch_company_a970e', table='products_privatecontract', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='privatecontract',
            trigger=pgtrigger.compiler.Trigger(name='private_contracts_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='a9518756e88743502e5fe32f2e33db28416e777a', operation='DELETE', pgid='pgtrigger_private_contracts_are_kept_a1c2c', table='products_privatecontract', when='BEFORE')),
        ),
    ]
