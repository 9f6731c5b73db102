"""Mandates, their papers, and who was let behind their walls; referrals go on as mandates."""

import django.core.validators
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
        ('products', '0010_payment_clock_checked'),
        ('suitability', '0007_professional_investors_and_disclosures'),
    ]

    operations = [
        migrations.CreateModel(
            name='Crossing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('made_by_ref', models.UUIDField(editable=False, verbose_name='made by')),
                ('made_at', models.DateTimeField(editable=False, verbose_name='made at')),
                ('checked_by_ref', models.UUIDField(blank=True, editable=False, null=True, verbose_name='checked by')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at')),
                ('decision', models.CharField(choices=[('pending', 'Waiting for a second person'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='pending', editable=False, max_length=8, verbose_name='decision')),
                ('rejection_reason', models.TextField(blank=True, editable=False, verbose_name='reason of the rejection')),
                ('person_ref', models.UUIDField(verbose_name='who is let in')),
                ('reason', models.CharField(max_length=300, verbose_name='what for')),
                ('left_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='until')),
            ],
            options={
                'verbose_name': 'wall crossing',
                'verbose_name_plural': 'wall crossings',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='Mandate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('desk', models.CharField(choices=[('banking', 'investment banking'), ('assets', 'asset management'), ('custody', 'custody')], max_length=8, verbose_name='desk')),
                ('lead_ref', models.UUIDField(verbose_name='lead')),
                ('status', models.CharField(choices=[('opened', 'opened'), ('diligence', 'due diligence'), ('drafting', 'drafting the contract'), ('review', 'internal review'), ('cleared', 'cleared for signing'), ('signed', 'signed, being carried out'), ('completed', 'completed'), ('lost', 'not concluded')], default='opened', max_length=9, verbose_name='stage')),
                ('next_step', models.CharField(blank=True, help_text='Empty for what the stage asks for.', max_length=300, verbose_name='next step')),
                ('due_at', models.DateTimeField(blank=True, null=True, verbose_name='stage is due')),
                ('percent', models.PositiveSmallIntegerField(validators=[django.core.validators.MaxValueValidator(100)], verbose_name='how likely, in percent')),
                ('expected', models.DecimalField(decimal_places=2, default=0, max_digits=20, verbose_name='net revenue expected, in yuan')),
                ('rule_version', models.CharField(max_length=100, verbose_name='version of the rules')),
                ('note', models.CharField(blank=True, max_length=500, verbose_name='last report')),
                ('opened_at', models.DateTimeField(verbose_name='opened at')),
                ('reviewed_by_ref', models.UUIDField(blank=True, null=True, verbose_name='reviewed by')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
            ],
            options={
                'verbose_name': 'mandate',
                'verbose_name_plural': 'mandates',
                'permissions': [('follow_mandate', 'Can open mandates and take them from stage to stage'), ('review_mandate', 'Can clear mandates for signing')],
            },
        ),
        migrations.CreateModel(
            name='MandatePaper',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('diligence', 'due diligence report'), ('draft', 'draft contract'), ('contract', 'signed contract'), ('other', 'other paper')], max_length=9, verbose_name='kind')),
                ('added_at', models.DateTimeField(verbose_name='added at')),
                ('added_by_ref', models.UUIDField(verbose_name='added by')),
            ],
            options={
                'verbose_name': 'paper of a mandate',
                'verbose_name_plural': 'papers of mandates',
            },
        ),
        migrations.RemoveConstraint(
            model_name='referral',
            name='whose_turn_it_is_and_until_when',
        ),
        migrations.RemoveConstraint(
            model_name='referral',
            name='a_referral_says_what_it_is_about',
        ),
        migrations.RemoveIndex(
            model_name='referral',
            name='referrals_by_turn',
        ),
        migrations.AlterField(
            model_name='referral',
            name='status',
            field=models.CharField(choices=[('registered', 'registered'), ('qualified', 'qualified'), ('tailored', 'proposal ready'), ('reported', 'reported back'), ('mandated', 'mandate under way'), ('won', 'won'), ('declined', 'not pursued')], default='registered', editable=False, max_length=10, verbose_name='status'),
        ),
        migrations.AddIndex(
            model_name='referral',
            index=models.Index(condition=models.Q(('status__in', ['registered', 'qualified', 'tailored', 'reported', 'mandated'])), fields=['next_by_ref'], name='referrals_by_turn'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['registered', 'qualified', 'tailored', 'reported', 'mandated']), ('ended_at', None), ('next_by_ref__isnull', False), ('next_due__isnull', False)), models.Q(models.Q(('status__in', ['registered', 'qualified', 'tailored', 'reported', 'mandated']), _negated=True), ('ended_at__isnull', False), ('next_by_ref', None), ('next_due', None)), _connector='OR'), name='whose_turn_it_is_and_until_when'),
        ),
        migrations.AddConstraint(
            model_name='referral',
            constraint=models.CheckConstraint(condition=models.Q(('desk__in', ['banking', 'assets', 'custody']), ('need__in', ['bond', 'neeq', 'financing', 'mandate', 'custody']), ('status__in', ['registered', 'qualified', 'tailored', 'reported', 'mandated', 'won', 'declined']), models.Q(('facts', ''), _negated=True)), name='a_referral_says_what_it_is_about'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='company',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='branch company'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='customer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='decision',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='suitability.matchrecord', verbose_name='matching decision'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='product',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='mandates', to='products.product', verbose_name='product'),
        ),
        migrations.AddField(
            model_name='mandate',
            name='referral',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='mandate', to='products.referral', verbose_name='referral'),
        ),
        migrations.AddField(
            model_name='crossing',
            name='mandate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='crossings', to='products.mandate', verbose_name='mandate'),
        ),
        migrations.AddField(
            model_name='mandatepaper',
            name='file',
            field=models.OneToOneField(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='files.storedfile', verbose_name='file'),
        ),
        migrations.AddField(
            model_name='mandatepaper',
            name='mandate',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='papers', to='products.mandate', verbose_name='mandate'),
        ),
        migrations.AddIndex(
            model_name='mandate',
            index=models.Index(condition=models.Q(('status__in', ['opened', 'diligence', 'drafting', 'review', 'cleared', 'signed'])), fields=['lead_ref'], name='mandates_by_lead'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('desk__in', ['banking', 'assets', 'custody']), ('status__in', ['opened', 'diligence', 'drafting', 'review', 'cleared', 'signed', 'completed', 'lost']), ('expected__gte', 0), ('percent__lte', 100), models.Q(('rule_version', ''), _negated=True)), name='a_mandate_has_stage_desk_and_figures'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['opened', 'diligence', 'drafting', 'review', 'cleared', 'signed']), ('due_at__isnull', False), ('ended_at', None)), models.Q(models.Q(('status__in', ['opened', 'diligence', 'drafting', 'review', 'cleared', 'signed']), _negated=True), ('due_at', None), ('ended_at__isnull', False), ('next_step', '')), _connector='OR'), name='a_mandate_under_way_has_a_clock'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['cleared', 'signed', 'completed']), _negated=True), ('reviewed_by_ref__isnull', False), _connector='OR'), name='nothing_is_signed_before_it_was_reviewed'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(('reviewed_by_ref', None), models.Q(('reviewed_by_ref', models.F('lead_ref')), _negated=True), _connector='OR'), name='who_leads_a_mandate_does_not_review_it'),
        ),
        migrations.AddConstraint(
            model_name='mandate',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['signed', 'completed']), _negated=True), ('customer', None), ('product', None), ('decision__isnull', False), _connector='OR'), name='a_product_is_mandated_on_a_match'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mandate',
            trigger=pgtrigger.compiler.Trigger(name='a_mandate_belongs_to_a_branch_company', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n                    IF (SELECT kind FROM branches_orgunit WHERE id = NEW.company_id)\n                        IS DISTINCT FROM 'branch_company' THEN\n                        RAISE EXCEPTION 'a mandate belongs to a branch company'\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='b9a2b177d3c7a417fb9cbc23cc54b2d601bc5a28', operation='INSERT OR UPDATE', pgid='pgtrigger_a_mandate_belongs_to_a_branch_company_f8e85', table='products_mandate', when='BEFORE')),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mandate',
            trigger=pgtrigger.compiler.Trigger(name='mandates_are_kept', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;", hash='11fb2cc2281fa2149ba6d3f00bafcac5448980e6', operation='DELETE', pgid='pgtrigger_mandates_are_kept_9a33a', table='products_mandate', when='BEFORE')),
        ),
        migrations.AddIndex(
            model_name='crossing',
            index=models.Index(fields=['person_ref'], name='crossings_of_a_person'),
        ),
        migrations.AddConstraint(
            model_name='crossing',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by_ref__isnull', True), models.Q(('checked_by_ref', models.F('made_by_ref')), _negated=True), _connector='OR'), name='products_crossing_maker_is_not_checker', violation_error_message='Another person than the maker has to check this.'),
        ),
        migrations.AddConstraint(
            model_name='crossing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by_ref__isnull', True), ('decision', 'pending')), models.Q(('checked_at__isnull', False), ('checked_by_ref__isnull', False), ('decision__in', ['approved', 'rejected'])), _connector='OR'), name='products_crossing_a_decision_has_checker_and_time'),
        ),
        migrations.AddConstraint(
            model_name='crossing',
            constraint=models.CheckConstraint(condition=models.Q(('decision', 'rejected'), ('rejection_reason', ''), _connector='XOR'), name='products_crossing_only_a_rejection_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='crossing',
            constraint=models.UniqueConstraint(condition=models.Q(models.Q(('decision', 'rejected'), _negated=True), ('left_at', None)), fields=('mandate', 'person_ref'), name='somebody_is_let_in_once', violation_error_message='This person is behind the wall already, or asked for.'),
        ),
        migrations.AddConstraint(
            model_name='crossing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('reason', ''), _negated=True), models.Q(('left_at', None), ('decision', 'approved'), _connector='OR')), name='a_crossing_says_what_for'),
        ),
        migrations.AddConstraint(
            model_name='crossing',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by_ref', None), models.Q(('checked_by_ref', models.F('person_ref')), _negated=True), _connector='OR'), name='nobody_lets_themselves_in'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='crossing',
            trigger=pgtrigger.compiler.Trigger(name='decided_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' THEN\n                IF OLD.decision <> 'pending' THEN\n                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN OLD;\n            END IF;\n            IF OLD.decision = 'pending' THEN\n                IF NEW.decision <> 'pending'\n                    AND to_jsonb(OLD) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' IS DISTINCT FROM to_jsonb(NEW) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' THEN\n                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            ELSIF to_jsonb(OLD) - 'left_at' IS DISTINCT FROM to_jsonb(NEW) - 'left_at' OR (NEW.left_at IS DISTINCT FROM OLD.left_at AND (NEW.left_at IS NULL OR NEW.left_at > OLD.left_at)) THEN\n                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='0b1c76f8b03917d6c9a2eecfd8f7fce67efa79b7', operation='UPDATE OR DELETE', pgid='pgtrigger_decided_rows_stay_e5f29', table='products_crossing', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='mandatepaper',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['diligence', 'draft', 'contract', 'other'])), name='a_mandate_paper_has_a_known_kind'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='mandatepaper',
            trigger=pgtrigger.compiler.Trigger(name='mandate_papers_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;", hash='c7e41502c61136cdd12a1da70f75fe1cc9633f80', operation='UPDATE OR DELETE', pgid='pgtrigger_mandate_papers_stay_69139', table='products_mandatepaper', when='BEFORE')),
        ),
    ]
