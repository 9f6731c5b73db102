"""What is told at an outlet, and the yearly sample. New checks first hold for new rows only."""

import django.db.models.deletion
from django.conf import settings
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0013_points_have_a_checklist'),
        ('customers', '0002_found_by_name'),
        ('suitability', '0008_recordings_and_follow_ups'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='doublerecording',
            name='a_recording_has_its_script_and_consent',
        ),
        migrations.AddField(
            model_name='disclosure',
            name='channel',
            field=models.CharField(choices=[('online', 'online'), ('outlet', 'at an outlet')], default='online', max_length=8, verbose_name='channel'),
        ),
        migrations.AddField(
            model_name='disclosure',
            name='place',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet'),
        ),
        migrations.AddField(
            model_name='disclosure',
            name='served_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='served by'),
        ),
        migrations.AddField(
            model_name='doublerecording',
            name='request',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='suitability.statusrequest', verbose_name='application'),
        ),
        migrations.AddField(
            model_name='salefollowup',
            name='drawn_at',
            field=models.DateTimeField(null=True, verbose_name='drawn at'),
        ),
        migrations.AddField(
            model_name='salefollowup',
            name='drawn_of',
            field=models.PositiveIntegerField(null=True, verbose_name='buyers in the draw'),
        ),
        migrations.AddField(
            model_name='salefollowup',
            name='place_drawn',
            field=models.PositiveIntegerField(null=True, verbose_name='place in the draw'),
        ),
        migrations.AddField(
            model_name='salefollowup',
            name='year',
            field=models.PositiveSmallIntegerField(null=True, verbose_name='sample of the year'),
        ),
        migrations.AddField(
            model_name='statusrequest',
            name='channel',
            field=models.CharField(choices=[('online', 'online'), ('outlet', 'at an outlet')], default='online', max_length=8, verbose_name='channel'),
        ),
        migrations.AddField(
            model_name='statusrequest',
            name='place',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='branches.orgunit', verbose_name='outlet'),
        ),
        migrations.AddField(
            model_name='statusrequest',
            name='served_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='served by'),
        ),
        migrations.AlterField(
            model_name='doublerecording',
            name='about',
            field=models.CharField(choices=[('insist', 'Wish for what does not suit'), ('five_items', 'Five things before a sale'), ('high_risk', 'High-risk sale'), ('conversion', 'To be a professional investor on application'), ('step_back', 'Back to ordinary investor')], max_length=10, verbose_name='occasion'),
        ),
        migrations.AlterField(
            model_name='doublerecording',
            name='record',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='recordings', to='suitability.matchrecord', verbose_name='matching decision'),
        ),
        migrations.AlterField(
            model_name='salefollowup',
            name='sale_ref',
            field=models.UUIDField(verbose_name='sale'),
        ),
        AddConstraintNotValid(
            model_name='disclosure',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'online'), ('place', None), ('served_by', None)), models.Q(('channel', 'outlet'), ('place__isnull', False), ('served_by__isnull', False)), _connector='OR'), name='a_disclosure_at_an_outlet_has_place_and_person'),
        ),
        migrations.AddConstraint(
            model_name='doublerecording',
            constraint=models.UniqueConstraint(condition=models.Q(('status__in', ['failed', 'given_up']), _negated=True), fields=('request', 'about'), name='one_counting_recording_of_an_application'),
        ),
        AddConstraintNotValid(
            model_name='doublerecording',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('about__in', ('conversion', 'step_back')), ('record', None), ('request__isnull', False)), models.Q(models.Q(('about__in', ('conversion', 'step_back')), _negated=True), ('record__isnull', False), ('request', None)), _connector='OR'), name='a_recording_is_made_on_one_thing'),
        ),
        AddConstraintNotValid(
            model_name='doublerecording',
            constraint=models.CheckConstraint(condition=models.Q(('about__in', ['insist', 'five_items', 'high_risk', 'conversion', 'step_back']), models.Q(('script', ''), _negated=True), models.Q(('consent', ''), _negated=True)), name='a_recording_has_its_script_and_consent'),
        ),
        migrations.AddConstraint(
            model_name='salefollowup',
            constraint=models.UniqueConstraint(condition=models.Q(('year', None)), fields=('sale_ref',), name='a_sale_is_followed_up_once'),
        ),
        migrations.AddConstraint(
            model_name='salefollowup',
            constraint=models.UniqueConstraint(condition=models.Q(('year__isnull', False)), fields=('customer', 'year'), name='a_buyer_stands_once_in_the_sample_of_a_year'),
        ),
        AddConstraintNotValid(
            model_name='salefollowup',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('drawn_at', None), ('drawn_of', None), ('place_drawn', None), ('year', None)), models.Q(('drawn_at__isnull', False), ('year__isnull', False), ('drawn_of__isnull', False), ('place_drawn__isnull', False), ('drawn_of__gte', models.F('place_drawn')), ('place_drawn__gte', 1)), _connector='OR'), name='a_sampled_buyer_has_a_place_in_the_draw'),
        ),
        AddConstraintNotValid(
            model_name='statusrequest',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('channel', 'online'), ('place', None), ('served_by', None)), models.Q(('channel', 'outlet'), ('place__isnull', False), ('served_by__isnull', False)), _connector='OR'), name='an_explanation_at_an_outlet_has_place_and_person'),
        ),
    ]
