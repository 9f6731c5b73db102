"""Orders that outlets take down with a customer's code, and winnings with a second person."""

import brokerage.core.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0013_points_have_a_checklist'),
        ('customers', '0003_further_documents'),
        ('products', '0020_coverage_by_outlet'),
        ('suitability', '0011_spoken_languages'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CounterOrder',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('code_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('code_sent_at', models.DateTimeField(blank=True, null=True, verbose_name='code sent at')),
                ('codes_sent', models.PositiveSmallIntegerField(default=0, verbose_name='codes sent')),
                ('code_tries', models.PositiveSmallIntegerField(default=0, verbose_name='wrong codes')),
                ('amount', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='amount in yuan')),
                ('dealing_day', models.DateField(verbose_name='counts for the trading day')),
                ('fingerprint', models.CharField(blank=True, editable=False, max_length=64)),
                ('status', models.CharField(choices=[('proposed', 'waits for the customer'), ('ordered', 'confirmed and ordered'), ('refused', 'not wanted by the customer'), ('withdrawn', 'taken back by the outlet'), ('lapsed', 'not confirmed in time')], default='proposed', max_length=9, verbose_name='status')),
                ('proposed_at', models.DateTimeField(verbose_name='taken down at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='decided at')),
            ],
            options={
                'verbose_name': 'order taken down at an outlet',
                'verbose_name_plural': 'orders taken down at outlets',
            },
        ),
        migrations.CreateModel(
            name='SaleRelease',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('status', models.CharField(choices=[('offered', 'Code not used yet'), ('in_use', 'Open at an outlet'), ('ended', 'Ended')], default='offered', max_length=8, verbose_name='status')),
                ('code', brokerage.core.fields.EncryptedTextField(blank=True, null=True, verbose_name='code')),
                ('code_hash', models.CharField(blank=True, editable=False, max_length=64)),
                ('offered_at', models.DateTimeField(verbose_name='offered at')),
                ('until', models.DateTimeField(verbose_name='until')),
                ('taken_at', models.DateTimeField(blank=True, null=True, verbose_name='opened at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('ended_by', models.CharField(blank=True, choices=[('customer', 'The customer ended it'), ('staff', 'The outlet was done'), ('time', 'Its time ran out'), ('newer', 'The customer took a new code'), ('case', 'The application was sent or ended')], max_length=8, verbose_name='why it ended')),
            ],
            options={
                'verbose_name': 'release of a purchase to an outlet',
                'verbose_name_plural': 'releases of purchases to outlets',
            },
        ),
        migrations.CreateModel(
            name='Winning',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('made_by_ref', models.UUIDField(editable=False, verbose_name='made by')),
                ('made_at', models.DateTimeField(editable=False, verbose_name='made at')),
                ('checked_by_ref', models.UUIDField(blank=True, editable=False, null=True, verbose_name='checked by')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at')),
                ('decision', models.CharField(choices=[('pending', 'Waiting for a second person'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='pending', editable=False, max_length=8, verbose_name='decision')),
                ('rejection_reason', models.TextField(blank=True, editable=False, verbose_name='reason of the rejection')),
                ('revenue', models.DecimalField(decimal_places=2, max_digits=20, verbose_name='net revenue in yuan')),
                ('note', models.CharField(max_length=500, verbose_name='what the others have to know')),
            ],
            options={
                'verbose_name': 'winning',
                'verbose_name_plural': 'winnings',
                'abstract': False,
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='creditsplit',
            trigger=pgtrigger.compiler.Trigger(name='a_credit_has_its_second_person', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n    IF NOT EXISTS (SELECT 1 FROM products_winning\n            WHERE referral_id = NEW.referral_id AND decision = 'approved')\n        AND NOT EXISTS (SELECT 1 FROM products_creditsplit\n            WHERE referral_id = NEW.referral_id) THEN\n        RAISE EXCEPTION 'a credit needs a winning that a second person confirmed'\n            USING ERRCODE = 'integrity_constraint_violation';\n    END IF;\n    RETURN NEW;\n", hash='d22076ae948c8d5153e4ca7ce583b1291fda3c09', operation='INSERT', pgid='pgtrigger_a_credit_has_its_second_person_cc401', table='products_creditsplit', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='counterorder',
            name='decision',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='suitability.matchrecord', verbose_name='matching decision'),
        ),
        migrations.AddField(
            model_name='counterorder',
            name='order',
            field=models.OneToOneField(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='counter', to='products.order', verbose_name='order'),
        ),
        migrations.AddField(
            model_name='salerelease',
            name='applicant',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name="the customer's log-in"),
        ),
        migrations.AddField(
            model_name='salerelease',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='sale_releases', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='salerelease',
            name='helper',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by'),
        ),
        migrations.AddField(
            model_name='salerelease',
            name='outlet',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet'),
        ),
        migrations.AddField(
            model_name='salerelease',
            name='product',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='products.product', verbose_name='product'),
        ),
        migrations.AddField(
            model_name='counterorder',
            name='release',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='proposals', to='products.salerelease', verbose_name='release of a purchase to an outlet'),
        ),
        migrations.AddField(
            model_name='winning',
            name='referral',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='winnings', to='products.referral', verbose_name='referral'),
        ),
        migrations.AddIndex(
            model_name='salerelease',
            index=models.Index(condition=models.Q(('status__in', ('offered', 'in_use'))), fields=['until'], name='sale_releases_that_end'),
        ),
        migrations.AddConstraint(
            model_name='salerelease',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('offered', 'in_use'))), fields=('customer', 'product'), name='one_live_release_of_a_purchase'),
        ),
        migrations.AddConstraint(
            model_name='salerelease',
            constraint=models.UniqueConstraint(condition=models.Q(('code_hash', ''), _negated=True), fields=('code_hash',), name='a_sale_release_code_leads_once'),
        ),
        migrations.AddConstraint(
            model_name='salerelease',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code__isnull', False), ('status', 'offered'), models.Q(('code_hash', ''), _negated=True)), models.Q(models.Q(('status', 'offered'), _negated=True), ('code__isnull', True), ('code_hash', '')), _connector='OR'), name='only_an_offered_sale_release_has_a_code'),
        ),
        migrations.AddConstraint(
            model_name='salerelease',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('helper', None), ('outlet', None), ('taken_at', None)), models.Q(('helper__isnull', False), ('outlet__isnull', False), ('taken_at__isnull', False)), _connector='OR'), name='an_opened_sale_release_has_its_helper'),
        ),
        migrations.AddConstraint(
            model_name='salerelease',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('helper', None), ('status', 'offered')), models.Q(('helper__isnull', False), ('status', 'in_use')), ('status', 'ended'), _connector='OR'), name='somebody_uses_a_sale_release_in_use'),
        ),
        migrations.AddConstraint(
            model_name='salerelease',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status', 'ended'), models.Q(('ended_by', ''), _negated=True)), models.Q(models.Q(('status', 'ended'), _negated=True), ('ended_at', None), ('ended_by', '')), _connector='OR'), name='an_ended_sale_release_says_why'),
        ),
        migrations.AddConstraint(
            model_name='salerelease',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('offered_at'))), name='a_sale_release_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='salerelease',
            constraint=models.CheckConstraint(condition=models.Q(('helper', None), models.Q(('helper', models.F('applicant')), _negated=True), _connector='OR'), name='nobody_sells_to_themselves'),
        ),
        migrations.AddConstraint(
            model_name='counterorder',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['proposed', 'ordered'])), fields=('release',), name='one_order_of_a_sale_release_waits'),
        ),
        migrations.AddConstraint(
            model_name='counterorder',
            constraint=models.CheckConstraint(condition=models.Q(('amount__gt', 0), ('status__in', ['proposed', 'ordered', 'refused', 'withdrawn', 'lapsed'])), name='a_counter_order_has_a_known_status'),
        ),
        migrations.AddConstraint(
            model_name='counterorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('status', 'proposed')), models.Q(models.Q(('status', 'proposed'), _negated=True), ('ended_at__isnull', False)), _connector='OR'), name='a_counter_order_that_ended_says_when'),
        ),
        migrations.AddConstraint(
            model_name='counterorder',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('order__isnull', False), ('status', 'ordered')), models.Q(models.Q(('status', 'ordered'), _negated=True), ('order', None)), _connector='OR'), name='only_a_confirmed_counter_order_has_an_order'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='counterorder',
            trigger=pgtrigger.compiler.Trigger(name='counter_orders_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='578aed06b2068a134c55d590cc5f654bee288482', operation='DELETE', pgid='pgtrigger_counter_orders_are_kept_468f6', table='products_counterorder', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='winning',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by_ref__isnull', True), models.Q(('checked_by_ref', models.F('made_by_ref')), _negated=True), _connector='OR'), name='products_winning_maker_is_not_checker', violation_error_message='Another person than the maker has to check this.'),
        ),
        migrations.AddConstraint(
            model_name='winning',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by_ref__isnull', True), ('decision', 'pending')), models.Q(('checked_at__isnull', False), ('checked_by_ref__isnull', False), ('decision__in', ['approved', 'rejected'])), _connector='OR'), name='products_winning_a_decision_has_checker_and_time'),
        ),
        migrations.AddConstraint(
            model_name='winning',
            constraint=models.CheckConstraint(condition=models.Q(('decision', 'rejected'), ('rejection_reason', ''), _connector='XOR'), name='products_winning_only_a_rejection_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='winning',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', 'rejected'), _negated=True), fields=('referral',), name='a_referral_is_won_once', violation_error_message='It waits for a second person already.'),
        ),
        migrations.AddConstraint(
            model_name='winning',
            constraint=models.CheckConstraint(condition=models.Q(('revenue__gte', 0), models.Q(('note', ''), _negated=True)), name='a_winning_says_what_it_earned', violation_error_message='Enter yuan with at most two decimals, not below zero.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='winning',
            trigger=pgtrigger.compiler.Trigger(name='decided_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' THEN\n                IF OLD.decision <> 'pending' THEN\n                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN OLD;\n            END IF;\n            IF OLD.decision = 'pending' THEN\n                IF NEW.decision <> 'pending'\n                    AND to_jsonb(OLD) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' IS DISTINCT FROM to_jsonb(NEW) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' THEN\n                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            ELSIF to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW)  THEN\n                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='4c92012d24db507c3d9e72d48f6e7101097a842f', operation='UPDATE OR DELETE', pgid='pgtrigger_decided_rows_stay_61da7', table='products_winning', when='BEFORE')),
        ),
    ]
