"""Who may see the shown version stands on its item; segments; follow-ups with notes and attempts.

Rows that are there are filled and checked by 0008.
"""

import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0013_points_have_a_checklist'),
        ('content', '0006_evidence_checked'),
        ('customers', '0003_further_documents'),
        ('files', '0002_parts'),
        ('messaging', '0003_messages_by_time'),
        ('reference', '0004_day_of_maturity'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='item',
            name='item_for_everybody_has_the_lowest_grade',
        ),
        migrations.RemoveConstraint(
            model_name='item',
            name='a_released_item_has_its_version_and_time',
        ),
        migrations.RemoveConstraint(
            model_name='revision',
            name='revision_for_everybody_has_the_lowest_grade',
        ),
        migrations.AddField(
            model_name='item',
            name='live_expires_on',
            field=models.DateField(editable=False, null=True),
        ),
        migrations.AddField(
            model_name='item',
            name='live_for_holders',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='item',
            name='live_for_visitors',
            field=models.BooleanField(default=False, editable=False),
        ),
        migrations.AddField(
            model_name='item',
            name='live_grade',
            field=models.CharField(blank=True, choices=[('R1', 'R1 low'), ('R2', 'R2 medium to low'), ('R3', 'R3 medium'), ('R4', 'R4 medium to high'), ('R5', 'R5 high')], editable=False, max_length=2),
        ),
        migrations.AddField(
            model_name='item',
            name='live_licence',
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.licence'),
        ),
        migrations.AddField(
            model_name='item',
            name='live_segment',
            field=models.CharField(blank=True, choices=[('retail', 'Retail customer'), ('wealthy', 'High-net-worth customer'), ('institution', 'Institution')], editable=False, max_length=11),
        ),
        migrations.AddField(
            model_name='item',
            name='live_tier',
            field=models.CharField(blank=True, choices=[('basic', 'Basic service'), ('full', 'Full service')], editable=False, max_length=5),
        ),
        migrations.AddField(
            model_name='item',
            name='segment',
            field=models.CharField(blank=True, choices=[('retail', 'Retail customer'), ('wealthy', 'High-net-worth customer'), ('institution', 'Institution')], max_length=11, verbose_name='only for'),
        ),
        migrations.AddField(
            model_name='putoffreminder',
            name='link',
            field=models.CharField(blank=True, editable=False, max_length=200),
        ),
        migrations.AddField(
            model_name='reminder',
            name='attempts',
            field=models.PositiveSmallIntegerField(default=0, verbose_name='tried in vain'),
        ),
        migrations.AddField(
            model_name='reminder',
            name='note',
            field=models.CharField(blank=True, max_length=300, verbose_name='note'),
        ),
        migrations.AddField(
            model_name='revision',
            name='segment',
            field=models.CharField(blank=True, choices=[('retail', 'Retail customer'), ('wealthy', 'High-net-worth customer'), ('institution', 'Institution')], max_length=11, verbose_name='only for'),
        ),
        migrations.AlterField(
            model_name='item',
            name='status',
            field=models.CharField(choices=[('draft', 'In work'), ('live', 'Released'), ('withdrawn', 'Withdrawn'), ('dropped', 'Dropped')], default='draft', editable=False, max_length=9, verbose_name='status'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='item',
            trigger=pgtrigger.compiler.Trigger(name='an_item_mirrors_its_version', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."live_id" IS NOT NULL)', func='SELECT r.licence_id, r.grade, r.tier, r.segment, r.for_holders, r.for_visitors, r.expires_on INTO NEW.live_licence_id, NEW.live_grade, NEW.live_tier, NEW.live_segment, NEW.live_for_holders, NEW.live_for_visitors, NEW.live_expires_on FROM content_revision r WHERE r.id = NEW.live_id; RETURN NEW;', hash='36c26291937bf69d16a002eded7ea3baa5d183ad', operation='INSERT OR UPDATE', pgid='pgtrigger_an_item_mirrors_its_version_04e6d', table='content_item', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('for_visitors', False), models.Q(('for_holders', False), ('grade', 'R1'), ('segment', ''), ('tier', '')), _connector='OR'), name='item_for_everybody_has_the_lowest_grade', violation_error_message='What is open to everybody carries R1 and has no other limit.'),
        ),
        AddConstraintNotValid(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('live', None), ('released_at', None), ('status__in', ['draft', 'dropped'])), models.Q(('live__isnull', False), ('released_at__isnull', False), ('status__in', ['live', 'withdrawn'])), _connector='OR'), name='a_released_item_has_its_version_and_time'),
        ),
        AddConstraintNotValid(
            model_name='item',
            constraint=models.CheckConstraint(condition=models.Q(('live', None), models.Q(('live_expires_on__isnull', False), ('live_licence__isnull', False), models.Q(('live_grade', ''), _negated=True)), _connector='OR'), name='a_shown_version_has_its_audience'),
        ),
        AddConstraintNotValid(
            model_name='reminder',
            constraint=models.CheckConstraint(condition=models.Q(('needs_person', True), models.Q(('attempts', 0), ('note', '')), _connector='OR'), name='only_what_a_person_follows_up_has_a_note'),
        ),
        AddConstraintNotValid(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(('for_visitors', False), models.Q(('for_holders', False), ('grade', 'R1'), ('segment', ''), ('tier', '')), _connector='OR'), name='revision_for_everybody_has_the_lowest_grade', violation_error_message='What is open to everybody carries R1 and has no other limit.'),
        ),
    ]
