"""Goals of cross-selling."""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0012_names_and_hosts_fit_units'),
        ('products', '0011_mandates'),
    ]

    operations = [
        migrations.CreateModel(
            name='Goal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('made_by_ref', models.UUIDField(editable=False, verbose_name='made by')),
                ('made_at', models.DateTimeField(editable=False, verbose_name='made at')),
                ('checked_by_ref', models.UUIDField(blank=True, editable=False, null=True, verbose_name='checked by')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at')),
                ('decision', models.CharField(choices=[('pending', 'Waiting for a second person'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='pending', editable=False, max_length=8, verbose_name='decision')),
                ('rejection_reason', models.TextField(blank=True, editable=False, verbose_name='reason of the rejection')),
                ('person_ref', models.UUIDField(blank=True, null=True, verbose_name='adviser')),
                ('year', models.PositiveSmallIntegerField(verbose_name='year')),
                ('quarter', models.PositiveSmallIntegerField(verbose_name='quarter')),
                ('measure', models.CharField(choices=[('referred', 'referrals registered'), ('qualified', 'referrals worth a proposal'), ('won', 'referrals won')], max_length=9, verbose_name='what is counted')),
                ('target', models.PositiveIntegerField(verbose_name='goal')),
                ('unit', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet')),
            ],
            options={
                'verbose_name': 'goal',
                'verbose_name_plural': 'goals of cross-selling',
                'abstract': False,
                'indexes': [models.Index(fields=['unit', 'year', 'quarter'], name='goals_of_a_unit')],
                'constraints': [models.CheckConstraint(condition=models.Q(('checked_by_ref__isnull', True), models.Q(('checked_by_ref', models.F('made_by_ref')), _negated=True), _connector='OR'), name='products_goal_maker_is_not_checker', violation_error_message='Another person than the maker has to check this.'), models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by_ref__isnull', True), ('decision', 'pending')), models.Q(('checked_at__isnull', False), ('checked_by_ref__isnull', False), ('decision__in', ['approved', 'rejected'])), _connector='OR'), name='products_goal_a_decision_has_checker_and_time'), models.CheckConstraint(condition=models.Q(('decision', 'rejected'), ('rejection_reason', ''), _connector='XOR'), name='products_goal_only_a_rejection_has_a_reason'), models.UniqueConstraint(condition=models.Q(('decision', 'pending'), ('person_ref', None)), fields=('unit', 'year', 'quarter', 'measure'), name='one_goal_of_an_outlet_waits', violation_error_message='Somebody has proposed this already.'), models.UniqueConstraint(condition=models.Q(('decision', 'pending'), ('person_ref__isnull', False)), fields=('unit', 'person_ref', 'year', 'quarter', 'measure'), name='one_goal_of_a_person_waits', violation_error_message='Somebody has proposed this already.'), models.CheckConstraint(condition=models.Q(('measure__in', ['referred', 'qualified', 'won']), ('quarter__range', (1, 4)), ('target__range', (1, 100000)), ('year__range', (2000, 2100))), name='a_goal_is_a_number_for_a_quarter', violation_error_message='A goal is at least one and at most 100,000.')],
            },
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='goal',
            trigger=pgtrigger.compiler.Trigger(name='decided_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' THEN\n                IF OLD.decision <> 'pending' THEN\n                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN OLD;\n            END IF;\n            IF OLD.decision = 'pending' THEN\n                IF NEW.decision <> 'pending'\n                    AND to_jsonb(OLD) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' IS DISTINCT FROM to_jsonb(NEW) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' THEN\n                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            ELSIF to_jsonb(OLD) IS DISTINCT FROM to_jsonb(NEW)  THEN\n                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='e1c608ec90648c103f1773cd7972d3c70bf91d8e', operation='UPDATE OR DELETE', pgid='pgtrigger_decided_rows_stay_e3126', table='products_goal', when='BEFORE')),
        ),
    ]
