"""Releases of a case to an outlet, what the outlet did, and who witnessed a recording there."""

import brokerage.core.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0014_applications_of_an_outlet'),
        ('branches', '0010_suggestions'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Assist',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('step', models.CharField(choices=[('identity', 'Identity document'), ('profile', 'About you'), ('tax', 'Tax residence'), ('outlet', 'Outlet and markets'), ('bank', 'Bank for your money'), ('video', 'Video')], max_length=12, verbose_name='step')),
                ('done_at', models.DateTimeField(verbose_name='done at')),
            ],
            options={
                'verbose_name': 'help by an outlet',
                'verbose_name_plural': 'help by outlets',
            },
        ),
        migrations.CreateModel(
            name='CaseRelease',
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
                'verbose_name': 'release to an outlet',
                'verbose_name_plural': 'releases to outlets',
                'permissions': [('help_at_counter', "Can open a case with its customer's code and help with it")],
            },
        ),
        migrations.CreateModel(
            name='CodeTries',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('wrong', models.PositiveSmallIntegerField(default=0, verbose_name='wrong codes')),
                ('since', models.DateTimeField(verbose_name='since')),
            ],
            options={
                'verbose_name': 'wrong release codes',
                'verbose_name_plural': 'wrong release codes',
            },
        ),
        migrations.AddField(
            model_name='witnessing',
            name='place',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet'),
        ),
        migrations.AddField(
            model_name='witnessing',
            name='witness',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='witness'),
        ),
        migrations.AlterField(
            model_name='section',
            name='status',
            field=models.CharField(choices=[('incomplete', 'Not finished'), ('entered', 'Entered by staff, to be confirmed by the customer'), ('complete', 'Finished'), ('in_review', 'Being reviewed'), ('verified', 'Verified'), ('insufficient', 'To be done again'), ('expired', 'Expired')], default='incomplete', max_length=12, verbose_name='status'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='application',
            trigger=pgtrigger.compiler.Trigger(name='whoever_helped_does_not_review', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (OLD."claimed_by_id" IS DISTINCT FROM (NEW."claimed_by_id") OR OLD."decided_by_id" IS DISTINCT FROM (NEW."decided_by_id") OR OLD."recommended_by_id" IS DISTINCT FROM (NEW."recommended_by_id"))', func="IF EXISTS (SELECT 1 FROM accounts_caserelease r WHERE r.application_id = NEW.id AND r.helper_id IN (NEW.claimed_by_id, NEW.recommended_by_id, NEW.decided_by_id)) THEN RAISE EXCEPTION 'whoever helped with an application does not review it' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;", hash='91985544bd0d34234b66ed0c54777036113f4c6e', operation='UPDATE', pgid='pgtrigger_whoever_helped_does_not_review_72512', table='accounts_application', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='witnessing',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('mode', 'outlet'), ('place__isnull', False), ('witness__isnull', False)), models.Q(models.Q(('mode', 'outlet'), _negated=True), ('place', None), ('witness', None)), _connector='OR'), name='a_recording_at_an_outlet_has_its_witness_and_place'),
        ),
        migrations.AddField(
            model_name='assist',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assists', to='accounts.application', verbose_name='application'),
        ),
        migrations.AddField(
            model_name='assist',
            name='helper',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by'),
        ),
        migrations.AddField(
            model_name='assist',
            name='outlet',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet'),
        ),
        migrations.AddField(
            model_name='caserelease',
            name='applicant',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='applicant'),
        ),
        migrations.AddField(
            model_name='caserelease',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='releases', to='accounts.application', verbose_name='application'),
        ),
        migrations.AddField(
            model_name='caserelease',
            name='helper',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='opened by'),
        ),
        migrations.AddField(
            model_name='caserelease',
            name='outlet',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet'),
        ),
        migrations.AddField(
            model_name='assist',
            name='release',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assists', to='accounts.caserelease', verbose_name='release to an outlet'),
        ),
        migrations.AddField(
            model_name='codetries',
            name='helper',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person'),
        ),
        migrations.AddIndex(
            model_name='caserelease',
            index=models.Index(condition=models.Q(('status__in', ('offered', 'in_use'))), fields=['until'], name='releases_that_run_out'),
        ),
        migrations.AddConstraint(
            model_name='caserelease',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ('offered', 'in_use'))), fields=('application',), name='one_live_release_of_an_application'),
        ),
        migrations.AddConstraint(
            model_name='caserelease',
            constraint=models.UniqueConstraint(condition=models.Q(('code_hash', ''), _negated=True), fields=('code_hash',), name='a_release_code_leads_once'),
        ),
        migrations.AddConstraint(
            model_name='caserelease',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('code__isnull', False), ('status', 'offered'), models.Q(('code_hash', ''), _negated=True)), models.Q(models.Q(('status', 'offered'), _negated=True), ('code__isnull', True), ('code_hash', '')), _connector='OR'), name='only_an_offered_release_has_a_code'),
        ),
        migrations.AddConstraint(
            model_name='caserelease',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('helper', None), ('outlet', None), ('taken_at', None)), models.Q(('helper__isnull', False), ('outlet__isnull', False), ('taken_at__isnull', False)), _connector='OR'), name='an_opened_release_has_its_helper_and_outlet'),
        ),
        migrations.AddConstraint(
            model_name='caserelease',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('helper', None), ('status', 'offered')), models.Q(('helper__isnull', False), ('status', 'in_use')), ('status', 'ended'), _connector='OR'), name='a_release_in_use_has_somebody_who_uses_it'),
        ),
        migrations.AddConstraint(
            model_name='caserelease',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('ended_at__isnull', False), ('status', 'ended'), models.Q(('ended_by', ''), _negated=True)), models.Q(models.Q(('status', 'ended'), _negated=True), ('ended_at', None), ('ended_by', '')), _connector='OR'), name='an_ended_release_says_when_and_why'),
        ),
        migrations.AddConstraint(
            model_name='caserelease',
            constraint=models.CheckConstraint(condition=models.Q(('until__gt', models.F('offered_at'))), name='a_release_ends_after_it_begins'),
        ),
        migrations.AddConstraint(
            model_name='caserelease',
            constraint=models.CheckConstraint(condition=models.Q(('applicant', None), ('helper', None), models.Q(('helper', models.F('applicant')), _negated=True), _connector='OR'), name='nobody_helps_with_their_own_application'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='caserelease',
            trigger=pgtrigger.compiler.Trigger(name='whoever_reviews_does_not_help', sql=pgtrigger.compiler.UpsertTriggerSql(condition='WHEN (NEW."helper_id" IS NOT NULL)', func="IF EXISTS (SELECT 1 FROM accounts_application a WHERE a.id = NEW.application_id AND NEW.helper_id IN (a.claimed_by_id, a.recommended_by_id, a.decided_by_id)) THEN RAISE EXCEPTION 'whoever reviews an application does not help with it' USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW;", hash='e560593dde3360b418ff47d8103a6c7158beb72c', operation='INSERT OR UPDATE OF "helper_id"', pgid='pgtrigger_whoever_reviews_does_not_help_6b869', table='accounts_caserelease', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='assist',
            constraint=models.UniqueConstraint(fields=('application', 'step', 'outlet'), name='an_outlet_is_credited_once_for_a_step'),
        ),
        migrations.AddConstraint(
            model_name='assist',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['identity', 'profile', 'tax', 'outlet', 'bank', 'video'])), name='only_steps_of_the_counter_are_credited'),
        ),
    ]
