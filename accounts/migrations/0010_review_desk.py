"""The review desk: routes by a dated rule, pauses, second looks and skills.

The evidence of an active account says now: two people, or fewer where the kept rule left it to them.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.conf import settings
from django.db import migrations, models


REVIEWED = """
CREATE OR REPLACE FUNCTION accounts_missing_evidence(application bigint) RETURNS text[]
LANGUAGE sql STABLE AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN NOT EXISTS (SELECT FROM accounts_outsidecheck c WHERE c.application_id = application
      AND c.kind = 'identity' AND c.status = 'answered' AND c.result = 'match')
      THEN 'identity' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_witnessing w WHERE w.application_id = application
      AND w.status = 'complete') THEN 'recording' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_pack p WHERE p.application_id = application
      AND p.status = 'sealed') THEN 'agreements' END,
    CASE WHEN (SELECT count(*) FROM accounts_pin n JOIN accounts_application a
      ON a.customer_id = n.customer_id WHERE a.id = application) < 2 THEN 'passwords' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_application a JOIN suitability_assessment s
      ON s.id = a.assessment_id WHERE a.id = application AND s.confirmed_at IS NOT NULL)
      THEN 'assessment' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_application a WHERE a.id = application
      AND (a.recommended_by_id <> a.decided_by_id
        OR (a.recommended_by_id IS NULL AND a.route_rule <> ''
          AND (a.route = 'rule' OR (a.route = 'one' AND a.decided_by_id IS NOT NULL)))))
      THEN 'review' END
  ], NULL)
$$;
"""
TWO_PEOPLE = """
CREATE OR REPLACE FUNCTION accounts_missing_evidence(application bigint) RETURNS text[]
LANGUAGE sql STABLE AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN NOT EXISTS (SELECT FROM accounts_outsidecheck c WHERE c.application_id = application
      AND c.kind = 'identity' AND c.status = 'answered' AND c.result = 'match')
      THEN 'identity' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_witnessing w WHERE w.application_id = application
      AND w.status = 'complete') THEN 'recording' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_pack p WHERE p.application_id = application
      AND p.status = 'sealed') THEN 'agreements' END,
    CASE WHEN (SELECT count(*) FROM accounts_pin n JOIN accounts_application a
      ON a.customer_id = n.customer_id WHERE a.id = application) < 2 THEN 'passwords' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_application a JOIN suitability_assessment s
      ON s.id = a.assessment_id WHERE a.id = application AND s.confirmed_at IS NOT NULL)
      THEN 'assessment' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_application a WHERE a.id = application
      AND a.recommended_by_id <> a.decided_by_id) THEN 'review' END
  ], NULL)
$$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_video_agreements_passwords'),
        ('branches', '0010_suggestions'),
        ('customers', '0001_initial'),
        ('suitability', '0002_papers_in_full'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='BlindReview',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('status', models.CharField(choices=[('waiting', 'Waiting'), ('answered', 'Done')], default='waiting', max_length=8, verbose_name='status')),
                ('outcome', models.CharField(choices=[('approve', 'Approve'), ('reject', 'Do not accept')], max_length=8, verbose_name='decision')),
                ('by_rule', models.BooleanField(verbose_name='decided by rule')),
                ('drawn_at', models.DateTimeField(verbose_name='drawn at')),
                ('verdict', models.CharField(blank=True, choices=[('approve', 'Approve'), ('reject', 'Do not accept')], max_length=8, verbose_name='second look')),
                ('note', models.CharField(blank=True, max_length=300, verbose_name='note')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='looked at on')),
                ('agrees', models.BooleanField(blank=True, null=True, verbose_name='agrees')),
            ],
            options={
                'verbose_name': 'second look',
                'verbose_name_plural': 'second looks',
                'permissions': [('answer_blindreview', 'Can give a second look without the outcome')],
            },
        ),
        migrations.CreateModel(
            name='Pause',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('reason', models.CharField(choices=[('outside', 'We wait for an answer of another institution.'), ('outlet', 'We ask your outlet about one point.'), ('central', 'A central check is not finished yet.')], max_length=8, verbose_name='reason')),
                ('began_at', models.DateTimeField(verbose_name='began at')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended at')),
                ('minutes_left', models.PositiveIntegerField(verbose_name='desk minutes left')),
            ],
            options={
                'verbose_name': 'pause of a review',
                'verbose_name_plural': 'pauses of reviews',
            },
        ),
        migrations.CreateModel(
            name='ReviewSkill',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('skill', models.CharField(choices=[('tax', 'Tax residence abroad'), ('elder', 'Older customers'), ('special', 'Special circumstances')], max_length=8, verbose_name='skill')),
                ('valid_from', models.DateField(verbose_name='valid from')),
                ('valid_to', models.DateField(blank=True, null=True, verbose_name='valid to')),
            ],
            options={
                'verbose_name': 'skill of a reviewer',
                'verbose_name_plural': 'skills of reviewers',
            },
        ),
        migrations.CreateModel(
            name='Routing',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('risk', models.CharField(choices=[('low', 'Low risk'), ('medium', 'Medium risk'), ('high', 'High risk')], max_length=6, verbose_name='risk')),
                ('route', models.CharField(choices=[('rule', 'Passes by rule'), ('one', 'One reviewer'), ('two', 'Two reviewers')], max_length=4, verbose_name='route')),
                ('risks', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('identity_differs', 'The police registry knows this number otherwise'), ('identity_unknown', 'The police registry does not know this number'), ('identity_open', 'No answer of the police registry yet'), ('face_differs', "The face in the video is another person's"), ('face_unclear', 'The face comparison is not clear'), ('face_open', 'No face comparison yet'), ('phone_differs', 'The telephone belongs to somebody else'), ('card_differs', 'The bank card belongs to somebody else, or cannot be used'), ('values_differ', 'What was typed differs from what was read'), ('photo_flawed', 'A photo of the document is hard to read'), ('not_read', 'The document was not read by machine'), ('expires', 'The document expires soon'), ('elder', 'An older customer: look at the video with care'), ('abroad', 'Tax residence abroad'), ('industry', 'Works in the securities industry'), ('bad_faith', 'Declares an entry in a record of bad faith'), ('others_money', 'Somebody else decides or owns the money'), ('assisted', 'Staff helped with some of the answers'), ('again', 'Was sent back before')], max_length=20), size=None, verbose_name='risks')),
                ('facts', models.JSONField(verbose_name='facts')),
                ('draw', models.PositiveSmallIntegerField(verbose_name='draw')),
                ('rule_version', models.CharField(max_length=100, verbose_name='rule')),
                ('routed_at', models.DateTimeField(verbose_name='routed at')),
            ],
            options={
                'verbose_name': 'routing of an application',
                'verbose_name_plural': 'routings of applications',
            },
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='a_review_has_a_reviewer',
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='a_proposal_has_an_author',
        ),
        migrations.RemoveConstraint(
            model_name='application',
            name='a_decision_has_a_date_an_author_and_a_proposal',
        ),
        migrations.AddField(
            model_name='application',
            name='paused',
            field=models.CharField(blank=True, choices=[('outside', 'We wait for an answer of another institution.'), ('outlet', 'We ask your outlet about one point.'), ('central', 'A central check is not finished yet.')], max_length=8, verbose_name='on hold'),
        ),
        migrations.AddField(
            model_name='application',
            name='risk',
            field=models.CharField(blank=True, choices=[('low', 'Low risk'), ('medium', 'Medium risk'), ('high', 'High risk')], max_length=6, verbose_name='risk'),
        ),
        migrations.AddField(
            model_name='application',
            name='route',
            field=models.CharField(choices=[('rule', 'Passes by rule'), ('one', 'One reviewer'), ('two', 'Two reviewers')], default='two', max_length=4, verbose_name='route'),
        ),
        migrations.AddField(
            model_name='application',
            name='route_rule',
            field=models.CharField(blank=True, max_length=100, verbose_name='rule of the route'),
        ),
        migrations.AddField(
            model_name='application',
            name='skills',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(choices=[('tax', 'Tax residence abroad'), ('elder', 'Older customers'), ('special', 'Special circumstances')], max_length=8), blank=True, default=list, size=None, verbose_name='needs a reviewer for'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('status__in', ['reviewing', 'approved', 'opening', 'visit', 'active', 'rejected']), _negated=True), ('claimed_by__isnull', False), models.Q(('route', 'rule'), ('status__in', ('approved', 'opening', 'visit', 'active'))), _connector='OR'), name='a_review_has_a_reviewer'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('recommendation', ''), ('recommended_by', None)), models.Q(('recommendation__in', ['approve', 'reject']), ('recommended_by__isnull', False), ('status__in', ['reviewing', 'approved', 'opening', 'visit', 'active', 'rejected', 'withdrawn', 'expired'])), models.Q(('recommendation', 'approve'), ('recommended_by', None), ('route__in', ['rule', 'one']), ('status__in', ('approved', 'opening', 'visit', 'active'))), _connector='OR'), name='a_proposal_has_an_author'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('decided_at__isnull', False), ('recommendation', 'approve'), ('status__in', ('approved', 'opening', 'visit', 'active')), models.Q(('decided_by__isnull', False), models.Q(('claimed_by', None), ('route', 'rule')), _connector='OR')), models.Q(('decided_at__isnull', False), ('decided_by__isnull', False), ('recommendation', 'reject'), ('status', 'rejected'), models.Q(('refusal', ''), _negated=True)), models.Q(models.Q(('status__in', ('approved', 'opening', 'visit', 'active', 'rejected')), _negated=True), ('decided_at', None), ('decided_by', None)), _connector='OR'), name='a_decision_has_a_date_an_author_and_a_proposal'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('route', 'two'), models.Q(('route_rule', ''), _negated=True), _connector='OR'), name='fewer_than_two_reviewers_stand_on_a_rule'),
        ),
        migrations.AddConstraint(
            model_name='application',
            constraint=models.CheckConstraint(condition=models.Q(('paused', ''), ('status__in', ('submitted', 'reviewing')), _connector='OR'), name='only_a_running_promise_is_on_hold'),
        ),
        migrations.AddField(
            model_name='blindreview',
            name='application',
            field=models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='blind_review', to='accounts.application', verbose_name='application'),
        ),
        migrations.AddField(
            model_name='blindreview',
            name='first',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='blindreview',
            name='reviewer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='looked at by'),
        ),
        migrations.AddField(
            model_name='blindreview',
            name='second',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='pause',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='pauses', to='accounts.application', verbose_name='application'),
        ),
        migrations.AddField(
            model_name='reviewskill',
            name='user',
            field=models.ForeignKey(limit_choices_to={'kind': 'staff'}, on_delete=django.db.models.deletion.PROTECT, related_name='review_skills', to=settings.AUTH_USER_MODEL, verbose_name='member of staff'),
        ),
        migrations.AddField(
            model_name='routing',
            name='application',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='routings', to='accounts.application', verbose_name='application'),
        ),
        migrations.AddIndex(
            model_name='blindreview',
            index=models.Index(fields=['answered_at'], name='second_looks_by_time'),
        ),
        migrations.AddConstraint(
            model_name='blindreview',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('agrees', None), ('answered_at', None), ('reviewer', None), ('status', 'waiting'), ('verdict', '')), models.Q(('agrees__isnull', False), ('answered_at__isnull', False), ('reviewer__isnull', False), ('status', 'answered'), ('verdict__in', ['approve', 'reject'])), _connector='OR'), name='an_answered_second_look_has_its_verdict'),
        ),
        migrations.AddConstraint(
            model_name='blindreview',
            constraint=models.CheckConstraint(condition=models.Q(('reviewer', None), models.Q(models.Q(('first', None), models.Q(('reviewer', models.F('first')), _negated=True), _connector='OR'), models.Q(('second', None), models.Q(('reviewer', models.F('second')), _negated=True), _connector='OR')), _connector='OR'), name='nobody_looks_at_their_own_decision_again'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('application',), name='one_pause_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='pause',
            constraint=models.CheckConstraint(condition=models.Q(('ended_at', None), ('ended_at__gte', models.F('began_at')), _connector='OR'), name='a_pause_ends_after_it_began'),
        ),
        migrations.AddConstraint(
            model_name='reviewskill',
            constraint=models.UniqueConstraint(condition=models.Q(('valid_to', None)), fields=('user', 'skill'), name='a_skill_is_given_once', violation_error_message='This person has this skill already.'),
        ),
        migrations.AddConstraint(
            model_name='reviewskill',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gt', models.F('valid_from')), _connector='OR'), name='a_skill_ends_after_it_begins', violation_error_message='The end lies after the beginning.'),
        ),
        migrations.AddConstraint(
            model_name='routing',
            constraint=models.CheckConstraint(condition=models.Q(('draw__lt', 1000)), name='a_draw_is_in_thousandths'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='routing',
            trigger=pgtrigger.compiler.Trigger(name='routings_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="RAISE EXCEPTION 'pgtrigger: Cannot update rows from % table', TG_TABLE_NAME;", hash='8fdc7d83b16e35198cd02100f848761e46795238', operation='UPDATE', pgid='pgtrigger_routings_stay_5a4ee', table='accounts_routing', when='BEFORE')),
        ),
        migrations.RunSQL(REVIEWED, TWO_PEOPLE),
    ]
