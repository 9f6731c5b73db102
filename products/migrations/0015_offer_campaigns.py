"""Campaigns of offers."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0013_points_have_a_checklist'),
        ('customers', '0002_found_by_name'),
        ('messaging', '0002_rule_version_of_dated_rules'),
        ('products', '0014_most_held'),
        ('suitability', '0010_told_at_outlets_checked'),
    ]

    operations = [
        migrations.CreateModel(
            name='OfferCampaign',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('made_by_ref', models.UUIDField(editable=False, verbose_name='made by')),
                ('made_at', models.DateTimeField(editable=False, verbose_name='made at')),
                ('checked_by_ref', models.UUIDField(blank=True, editable=False, null=True, verbose_name='checked by')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at')),
                ('decision', models.CharField(choices=[('pending', 'Waiting for a second person'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='pending', editable=False, max_length=8, verbose_name='decision')),
                ('rejection_reason', models.TextField(blank=True, editable=False, verbose_name='reason of the rejection')),
                ('name', models.CharField(help_text='For colleagues; customers never read it.', max_length=60, verbose_name='name')),
                ('kind', models.CharField(blank=True, choices=[('person', 'Person'), ('organisation', 'Organisation')], help_text='Empty: persons and organisations.', max_length=12, verbose_name='customers')),
                ('last_day', models.DateField(verbose_name='sent until, included')),
                ('preview', models.JSONField(default=dict, editable=False, verbose_name='counted when it was proposed')),
                ('product', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='campaigns', to='products.product', verbose_name='product')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='customers at home here and below')),
            ],
            options={
                'verbose_name': 'campaign of offers',
                'verbose_name_plural': 'campaigns of offers',
                'abstract': False,
                'constraints': [models.CheckConstraint(condition=models.Q(('checked_by_ref__isnull', True), models.Q(('checked_by_ref', models.F('made_by_ref')), _negated=True), _connector='OR'), name='products_offercampaign_maker_is_not_checker', violation_error_message='Another person than the maker has to check this.'), models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by_ref__isnull', True), ('decision', 'pending')), models.Q(('checked_at__isnull', False), ('checked_by_ref__isnull', False), ('decision__in', ['approved', 'rejected'])), _connector='OR'), name='products_offercampaign_a_decision_has_checker_and_time'), models.CheckConstraint(condition=models.Q(('decision', 'rejected'), ('rejection_reason', ''), _connector='XOR'), name='products_offercampaign_only_a_rejection_has_a_reason'), models.CheckConstraint(condition=models.Q(('name', ''), _negated=True), name='an_offer_campaign_has_a_name'), models.CheckConstraint(condition=models.Q(('kind__in', ['', 'person', 'organisation'])), name='a_campaign_asks_known_customers')],
            },
        ),
        migrations.CreateModel(
            name='OfferRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('asked_at', models.DateTimeField(verbose_name='agreed at')),
                ('begun_at', models.DateTimeField(null=True, verbose_name='audience found at')),
                ('counts', models.JSONField(default=dict, verbose_name='counted when it began')),
                ('ended_at', models.DateTimeField(null=True, verbose_name='ended at')),
                ('end', models.CharField(blank=True, choices=[('done', 'everybody was reached or held back'), ('stopped', 'stopped by a person'), ('over', 'its last day was over'), ('off', 'the product is not for sale any more')], max_length=8, verbose_name='why it ended')),
                ('stopped_by_ref', models.UUIDField(null=True, verbose_name='stopped by')),
                ('campaign', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='run', to='products.offercampaign', verbose_name='campaign of offers')),
            ],
            options={
                'verbose_name': 'sending of a campaign',
                'verbose_name_plural': 'sendings of campaigns',
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('end', ''), ('ended_at', None)), models.Q(('end__in', ['done', 'stopped', 'over', 'off']), ('ended_at__gte', models.F('asked_at'))), _connector='OR'), name='an_ended_campaign_says_why'), models.CheckConstraint(condition=models.Q(models.Q(('end', 'stopped'), ('stopped_by_ref__isnull', False)), models.Q(models.Q(('end', 'stopped'), _negated=True), ('stopped_by_ref', None)), _connector='OR'), name='a_stopped_campaign_says_by_whom'), models.CheckConstraint(condition=models.Q(('begun_at', None), ('begun_at__gte', models.F('asked_at')), _connector='OR'), name='a_campaign_begins_after_it_was_agreed')],
            },
        ),
        migrations.CreateModel(
            name='OfferTarget',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('waiting', 'waiting'), ('sent', 'sent'), ('held', 'held back')], default='waiting', max_length=7, verbose_name='status')),
                ('why', models.CharField(blank=True, choices=[('no_inbox', 'has no log-in, so no inbox'), ('consent', 'has not agreed to offers that fit their use'), ('closed', 'has an open complaint or is under a hold'), ('muted', 'wants nothing of this kind, or said “not for me”'), ('has', 'has the product already'), ('assessment', 'has no risk assessment that counts'), ('unread', 'has an assessment that is not read yet'), ('risk', 'does not suit: risk'), ('time', 'does not suit: how long money is bound'), ('type', 'does not suit: type'), ('often', 'was offered something lately'), ('limit', 'has got as many offers as the limit allows'), ('silence', 'wants no offers for a while')], max_length=10, verbose_name='reason')),
                ('done_at', models.DateTimeField(null=True, verbose_name='done at')),
                ('customer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='offer_targets', to='customers.customer', verbose_name='customer')),
                ('message', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='messaging.message', verbose_name='message')),
                ('run', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='targets', to='products.offerrun', verbose_name='campaign of offers')),
            ],
            options={
                'verbose_name': 'customer of a campaign',
                'verbose_name_plural': 'customers of a campaign',
                'indexes': [models.Index(condition=models.Q(('status', 'waiting')), fields=['run', 'id'], name='waiting_offer_targets'), models.Index(condition=models.Q(('status', 'sent')), fields=['customer', 'done_at'], name='offers_sent_to_a_customer')],
                'constraints': [models.UniqueConstraint(fields=('run', 'customer'), name='a_campaign_asks_once'), models.CheckConstraint(condition=models.Q(models.Q(('done_at', None), ('message', None), ('status', 'waiting'), ('why', '')), models.Q(('done_at__isnull', False), ('status', 'sent'), ('why', '')), models.Q(('done_at__isnull', False), ('message', None), ('status', 'held'), ('why__in', ['no_inbox', 'consent', 'closed', 'muted', 'has', 'assessment', 'unread', 'risk', 'time', 'type', 'often', 'limit', 'silence'])), _connector='OR'), name='a_target_is_sent_or_says_why_not')],
            },
        ),
        migrations.CreateModel(
            name='StatedWish',
            fields=[
                ('customer', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='stated_wish', serialize=False, to='customers.customer', verbose_name='customer')),
                ('investor_class', models.CharField(choices=[('C1', 'C1 conservative'), ('C2', 'C2 cautious'), ('C3', 'C3 balanced'), ('C4', 'C4 active'), ('C5', 'C5 aggressive')], max_length=2, verbose_name='class')),
                ('lowest', models.BooleanField(verbose_name='lowest class')),
                ('valid_until', models.DateField(verbose_name='valid until')),
                ('horizon', models.CharField(blank=True, max_length=20, verbose_name='how long money may be bound')),
                ('types', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=20), size=None, verbose_name='types of investments')),
                ('assessment', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='suitability.assessment', verbose_name='assessment')),
            ],
            options={
                'verbose_name': 'stated wish',
                'verbose_name_plural': 'stated wishes',
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='offercampaign',
            trigger=pgtrigger.compiler.Trigger(name='decided_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' THEN\n                IF OLD.decision <> 'pending' THEN\n                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN OLD;\n            END IF;\n            IF OLD.decision = 'pending' THEN\n                IF NEW.decision <> 'pending'\n                    AND to_jsonb(OLD) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' IS DISTINCT FROM to_jsonb(NEW) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' THEN\n                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            ELSIF to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW)  THEN\n                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='5416c10f5353d50580a87fc362717e96859ed2ba', operation='UPDATE OR DELETE', pgid='pgtrigger_decided_rows_stay_201d5', table='products_offercampaign', when='BEFORE')),
        ),
    ]
