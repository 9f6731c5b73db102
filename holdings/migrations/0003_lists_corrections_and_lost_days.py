"""Lists of accounts, corrections row by row, days that are asked for, measured or given up."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_further_documents'),
        ('holdings', '0002_asked_again'),
        ('reference', '0005_source_of_maturity'),
    ]

    operations = [
        migrations.CreateModel(
            name='CounterDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('day', models.DateField(unique=True, verbose_name='day')),
                ('asked_at', models.DateTimeField(blank=True, null=True, verbose_name='asked for at')),
                ('written', models.PositiveIntegerField(default=0, editable=False)),
                ('measured', models.PositiveIntegerField(default=0, editable=False)),
            ],
            options={
                'verbose_name': 'day of the trading counter',
                'verbose_name_plural': 'days of the trading counter',
            },
        ),
        migrations.CreateModel(
            name='FileChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(blank=True, max_length=20, verbose_name='trade number')),
                ('before', models.JSONField(null=True, verbose_name='before')),
                ('after', models.JSONField(null=True, verbose_name='after')),
            ],
            options={
                'verbose_name': 'corrected row',
                'verbose_name_plural': 'corrected rows',
                'ordering': ['pk'],
            },
        ),
        migrations.CreateModel(
            name='UnknownAccount',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('kind', models.CharField(choices=[('ordinary', 'Securities account'), ('margin', 'Margin account')], max_length=8, verbose_name='kind')),
                ('opened_on', models.DateField(verbose_name='opened on')),
                ('closed_on', models.DateField(blank=True, null=True, verbose_name='closed on')),
                ('told_by', models.CharField(blank=True, editable=False, max_length=40, verbose_name='told by')),
                ('customer_ref', models.UUIDField(verbose_name="customer's reference")),
            ],
            options={
                'verbose_name': 'unknown account of the counter',
                'verbose_name_plural': 'unknown accounts of the counter',
            },
        ),
        migrations.CreateModel(
            name='WaivedDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('made_by_ref', models.UUIDField(editable=False, verbose_name='made by')),
                ('made_at', models.DateTimeField(editable=False, verbose_name='made at')),
                ('checked_by_ref', models.UUIDField(blank=True, editable=False, null=True, verbose_name='checked by')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at')),
                ('decision', models.CharField(choices=[('pending', 'Waiting for a second person'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='pending', editable=False, max_length=8, verbose_name='decision')),
                ('rejection_reason', models.TextField(blank=True, editable=False, verbose_name='reason of the rejection')),
                ('day', models.DateField(verbose_name='day')),
                ('reason', models.CharField(max_length=300, verbose_name='reason')),
            ],
            options={
                'verbose_name': 'day given up',
                'verbose_name_plural': 'days given up',
                'ordering': ['-day', '-pk'],
                'abstract': False,
            },
        ),
        migrations.RemoveConstraint(
            model_name='counterfile',
            name='only_a_taken_counter_file_changed_rows',
        ),
        migrations.AddField(
            model_name='account',
            name='closed_on',
            field=models.DateField(blank=True, null=True, verbose_name='closed on'),
        ),
        migrations.AddField(
            model_name='account',
            name='told_by',
            field=models.CharField(blank=True, editable=False, max_length=40, verbose_name='told by'),
        ),
        migrations.AddField(
            model_name='assetevidence',
            name='left_out',
            field=models.JSONField(default=list, verbose_name='days left out'),
        ),
        migrations.AddField(
            model_name='counterfile',
            name='left_out',
            field=models.PositiveIntegerField(default=0, verbose_name='rows left out'),
        ),
        migrations.AddField(
            model_name='counterfile',
            name='retake',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AlterField(
            model_name='counterfile',
            name='kind',
            field=models.CharField(choices=[('accounts', 'Accounts'), ('securities', 'Securities master'), ('positions', 'Positions'), ('cash', 'Cash'), ('margin', 'Margin balances'), ('trades', 'Trades')], max_length=10, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='fileissue',
            name='code',
            field=models.CharField(choices=[('header', 'The first line is no header of this file'), ('columns', 'The second line does not name the columns of this kind'), ('ending', 'The last line is missing: the file is not complete'), ('after_end', 'There are lines after the last one'), ('encoding', 'Is no UTF-8, or holds a quotation mark or backslash'), ('cells', 'Has more or fewer cells than columns'), ('rows', 'The number of rows differs from the control total'), ('total', 'The sum differs from the control total'), ('day', 'Is of another day than announced'), ('no_trading', 'Is no trading day'), ('calendar', 'Lies outside the loaded calendar'), ('future', 'Lies in the future'), ('form', 'Has not the form that the format asks for'), ('negative', 'Is negative'), ('twice', 'Stands in the file twice'), ('account', 'No account has this number'), ('security', 'The securities master does not know it'), ('kind', 'Does not fit this kind of account'), ('same_revision', 'Another file with this revision was taken'), ('before_opening', 'Lies before the account was opened'), ('owner', 'Belongs to another customer here'), ('too_much', 'The sum is larger than any that can be right')], max_length=16, verbose_name='what is wrong'),
        ),
        migrations.AddConstraint(
            model_name='account',
            constraint=models.CheckConstraint(condition=models.Q(('closed_on', None), ('closed_on__gte', models.F('opened_on')), _connector='OR'), name='a_counter_account_closes_after_it_opened'),
        ),
        migrations.AddConstraint(
            model_name='counterfile',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('issue_count', 0), ('status__in', ('taken', 'replaced'))), models.Q(models.Q(('status__in', ('taken', 'replaced')), _negated=True), ('added', 0), ('changed', 0), ('left_out', 0), ('removed', 0)), _connector='OR'), name='only_a_taken_counter_file_changed_rows'),
        ),
        migrations.AddConstraint(
            model_name='counterfile',
            constraint=models.CheckConstraint(condition=models.Q(('retake', False), models.Q(('left_out__gt', 0), ('status', 'taken')), _connector='OR'), name='only_what_left_rows_out_is_taken_again'),
        ),
        migrations.AddConstraint(
            model_name='counterday',
            constraint=models.CheckConstraint(condition=models.Q(('measured__lte', models.F('written'))), name='a_day_is_measured_after_it_is_written'),
        ),
        migrations.AddField(
            model_name='filechange',
            name='account',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='holdings.account', verbose_name='account'),
        ),
        migrations.AddField(
            model_name='filechange',
            name='file',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='holdings.counterfile'),
        ),
        migrations.AddField(
            model_name='filechange',
            name='instrument',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='reference.instrument', verbose_name='security'),
        ),
        migrations.AddConstraint(
            model_name='unknownaccount',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['ordinary', 'margin'])), name='an_unknown_account_has_a_kind'),
        ),
        migrations.AddConstraint(
            model_name='waivedday',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by_ref__isnull', True), models.Q(('checked_by_ref', models.F('made_by_ref')), _negated=True), _connector='OR'), name='holdings_waivedday_maker_is_not_checker', violation_error_message='Another person than the maker has to check this.'),
        ),
        migrations.AddConstraint(
            model_name='waivedday',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by_ref__isnull', True), ('decision', 'pending')), models.Q(('checked_at__isnull', False), ('checked_by_ref__isnull', False), ('decision__in', ['approved', 'rejected'])), _connector='OR'), name='holdings_waivedday_a_decision_has_checker_and_time'),
        ),
        migrations.AddConstraint(
            model_name='waivedday',
            constraint=models.CheckConstraint(condition=models.Q(('decision', 'rejected'), ('rejection_reason', ''), _connector='XOR'), name='holdings_waivedday_only_a_rejection_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='waivedday',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', 'rejected'), _negated=True), fields=('day',), name='a_day_is_given_up_once'),
        ),
        migrations.AddConstraint(
            model_name='waivedday',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='a_day_given_up_says_why'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='waivedday',
            trigger=pgtrigger.compiler.Trigger(name='decided_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' THEN\n                IF OLD.decision <> 'pending' THEN\n                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN OLD;\n            END IF;\n            IF OLD.decision = 'pending' THEN\n                IF NEW.decision <> 'pending'\n                    AND to_jsonb(OLD) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' IS DISTINCT FROM to_jsonb(NEW) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' THEN\n                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            ELSIF to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW)  THEN\n                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='ba270a6f176be83853b31f19ab8cf4cb8885bfed', operation='UPDATE OR DELETE', pgid='pgtrigger_decided_rows_stay_39088', table='holdings_waivedday', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='filechange',
            constraint=models.CheckConstraint(condition=models.Q(('before__isnull', False), ('after__isnull', False), _connector='OR'), name='a_corrected_row_was_or_is'),
        ),
    ]
