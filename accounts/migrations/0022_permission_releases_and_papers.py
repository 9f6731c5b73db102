"""Help with a permission at an outlet, and the signed file. New checks hold for new rows first."""

import brokerage.core.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0021_found_by_name'),
        ('branches', '0013_points_have_a_checklist'),
        ('customers', '0002_found_by_name'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PermissionRelease',
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
                ('step', models.CharField(choices=[('checking', 'We ask the depository'), ('disclosure', 'Risk disclosure')], max_length=10, verbose_name='step')),
                ('done_at', models.DateTimeField(blank=True, null=True, verbose_name='done at')),
                ('applicant', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='applicant')),
                ('case', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='accounts.permissionapplication', verbose_name='application for a trading permission')),
                ('helper', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by')),
                ('outlet', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet')),
            ],
            options={
                'verbose_name': 'release of a trading permission to an outlet',
                'verbose_name_plural': 'releases of trading permissions to outlets',
                'indexes': [
                    models.Index(condition=models.Q(('status__in', ('offered', 'in_use'))), fields=['until'], name='permission_releases_that_end'),
                ],
                'constraints': [
                    models.UniqueConstraint(condition=models.Q(('status__in', ('offered', 'in_use'))), fields=('case',), name='one_live_release_of_a_permission_case'),
                    models.UniqueConstraint(condition=models.Q(('code_hash', ''), _negated=True), fields=('code_hash',), name='a_permission_release_code_leads_once'),
                    models.CheckConstraint(condition=models.Q(models.Q(('code__isnull', False), ('status', 'offered'), models.Q(('code_hash', ''), _negated=True)), models.Q(models.Q(('status', 'offered'), _negated=True), ('code__isnull', True), ('code_hash', '')), _connector='OR'), name='only_an_offered_permission_release_has_a_code'),
                    models.CheckConstraint(condition=models.Q(models.Q(('helper', None), ('outlet', None), ('taken_at', None)), models.Q(('helper__isnull', False), ('outlet__isnull', False), ('taken_at__isnull', False)), _connector='OR'), name='an_opened_permission_release_has_its_helper'),
                    models.CheckConstraint(condition=models.Q(models.Q(('helper', None), ('status', 'offered')), models.Q(('helper__isnull', False), ('status', 'in_use')), ('status', 'ended'), _connector='OR'), name='somebody_uses_a_permission_release_in_use'),
                    models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status', 'ended'), models.Q(('ended_by', ''), _negated=True)), models.Q(models.Q(('status', 'ended'), _negated=True), ('ended_at', None), ('ended_by', '')), _connector='OR'), name='an_ended_permission_release_says_why'),
                    models.CheckConstraint(condition=models.Q(('until__gt', models.F('offered_at'))), name='a_permission_release_ends_after_it_begins'),
                    models.CheckConstraint(condition=models.Q(('applicant', None), ('helper', None), models.Q(('helper', models.F('applicant')), _negated=True), _connector='OR'), name='nobody_helps_with_their_own_permission'),
                    models.CheckConstraint(condition=models.Q(('step__in', ['checking', 'disclosure'])), name='only_counter_steps_of_a_permission_are_released'),
                    models.CheckConstraint(condition=models.Q(('done_at', None), models.Q(('helper__isnull', False), models.Q(('status', 'offered'), _negated=True)), _connector='OR'), name='who_helped_with_a_permission_is_known'),
                ],
            },
        ),
        migrations.AddField(
            model_name='permissionapplication',
            name='certificate',
            field=models.TextField(blank=True, editable=False, verbose_name='certificate'),
        ),
        migrations.AddField(
            model_name='permissionapplication',
            name='certificate_serial',
            field=models.CharField(blank=True, max_length=50, verbose_name='certificate number'),
        ),
        migrations.AddField(
            model_name='permissionapplication',
            name='file_ref',
            field=models.UUIDField(blank=True, null=True, verbose_name='file'),
        ),
        migrations.AddField(
            model_name='permissionapplication',
            name='file_sha256',
            field=models.CharField(blank=True, max_length=64, verbose_name='hash of the file'),
        ),
        migrations.AddField(
            model_name='permissionapplication',
            name='seal_problem',
            field=models.CharField(blank=True, max_length=60, verbose_name='waits for'),
        ),
        migrations.AddField(
            model_name='permissionapplication',
            name='sealed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='sealed at'),
        ),
        migrations.AddField(
            model_name='permissionapplication',
            name='signer',
            field=brokerage.core.fields.EncryptedTextField(blank=True, null=True, verbose_name='signer'),
        ),
        migrations.AlterField(
            model_name='tradingpermission',
            name='loss',
            field=models.CharField(blank=True, choices=[('class', 'The risk assessment does not cover it any more.'), ('old', 'The risk assessment has run out.'), ('own', 'Given back by the customer.'), ('firm', 'Revoked by the firm.')], max_length=5, verbose_name='reason'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='permissionapplication',
            trigger=pgtrigger.compiler.Trigger(name='whoever_helped_does_not_grant', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."proposed_by_id" IS DISTINCT FROM (NEW."proposed_by_id"))', func="IF EXISTS (SELECT 1 FROM accounts_permissionrelease r WHERE r.case_id = NEW.id AND r.helper_id IN (NEW.proposed_by_id, NEW.decided_by_id)) THEN RAISE EXCEPTION 'whoever helped with a permission does not review it' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;", hash='75f6765874a1a98a0e38c5b209f3fe0e78f12292', operation='UPDATE', pgid='pgtrigger_whoever_helped_does_not_grant_87fc9', table='accounts_permissionapplication', when='BEFORE')),
        ),
        AddConstraintNotValid(
            model_name='permissionapplication',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('file_ref', None), ('sealed_at', None)), models.Q(('file_ref__isnull', False), ('seal_problem', ''), ('sealed_at__isnull', False), ('signed_at__isnull', False), ('signer__isnull', False), models.Q(('certificate_serial', ''), _negated=True), models.Q(('file_sha256', ''), _negated=True)), _connector='OR'), name='a_sealed_permission_case_has_its_file'),
        ),
    ]
