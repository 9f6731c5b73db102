"""A second person looks at the licences of institutions; endpoints may be paused and tested.

The licences that are there were looked at by one person, whom their rows do not name: they stay in
force, signed by the release.
"""

import django.utils.timezone
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models

AUTHOR = uuid.uuid5(uuid.NAMESPACE_URL, "brokerage:release:author")
REVIEWER = uuid.uuid5(uuid.NAMESPACE_URL, "brokerage:release:reviewer")


def approve(apps, schema_editor):
    apps.get_model("partners", "PartnerLicence").objects.update(
        made_at=models.F("created_at"),
        decision="approved",
        checked_by_ref=REVIEWER,
        checked_at=models.F("created_at"),
    )


def forget(apps, schema_editor):
    """What no second person approved holds on no day; without pauses nothing is sent either."""
    licences = apps.get_model("partners", "PartnerLicence").objects
    licences.filter(decision="rejected").delete()
    licences.filter(decision="pending").update(valid_to=models.F("valid_from"))
    endpoints = apps.get_model("partners", "WebhookEndpoint").objects
    endpoints.filter(status="paused").update(status="disabled")


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0014_shelves_and_enquiries_at_the_desk'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='partnerlicence',
            name='a_partners_licence_is_entered_once',
        ),
        migrations.RemoveConstraint(
            model_name='webhookendpoint',
            name='a_webhook_has_a_known_status',
        ),
        migrations.AddField(
            model_name='partnerlicence',
            name='checked_at',
            field=models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at'),
        ),
        migrations.AddField(
            model_name='partnerlicence',
            name='checked_by_ref',
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name='checked by'),
        ),
        migrations.AddField(
            model_name='partnerlicence',
            name='decision',
            field=models.CharField(choices=[('pending', 'Waiting for a second person'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='pending', editable=False, max_length=8, verbose_name='decision'),
        ),
        migrations.AddField(
            model_name='partnerlicence',
            name='made_at',
            field=models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made at'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='partnerlicence',
            name='made_by_ref',
            field=models.UUIDField(default=AUTHOR, editable=False, verbose_name='made by'),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name='partnerlicence',
            name='rejection_reason',
            field=models.TextField(blank=True, editable=False, verbose_name='reason of the rejection'),
        ),
        migrations.AlterField(
            model_name='partnerevent',
            name='kind',
            field=models.CharField(choices=[('lead.created', 'Lead received'), ('application.changed', 'Application has another stage'), ('campaign.created', 'Campaign made'), ('campaign.ended', 'Campaign ended'), ('webhook.disabled', 'Webhook disabled'), ('statement.released', 'Statement released'), ('dispute.answered', 'Dispute answered'), ('remark.answered', 'Remark answered'), ('appointment.changed', 'Appointment has another stage'), ('enquiry.changed', 'Enquiry has another stage'), ('material.released', 'Material approved'), ('material.withdrawn', 'Material withdrawn'), ('webhook.ping', 'Test of an endpoint')], max_length=40, verbose_name='kind'),
        ),
        migrations.AlterField(
            model_name='webhookendpoint',
            name='status',
            field=models.CharField(choices=[('active', 'Active'), ('paused', 'Paused'), ('disabled', 'Disabled'), ('removed', 'Removed')], default='active', max_length=8, verbose_name='status'),
        ),
        migrations.RunPython(approve, forget),
        pgtrigger.migrations.AddTrigger(
            model_name='partnerlicence',
            trigger=pgtrigger.compiler.Trigger(name='decided_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' THEN\n                IF OLD.decision <> 'pending' THEN\n                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN OLD;\n            END IF;\n            IF OLD.decision = 'pending' THEN\n                IF NEW.decision <> 'pending'\n                    AND to_jsonb(OLD) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' IS DISTINCT FROM to_jsonb(NEW) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' THEN\n                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            ELSIF to_jsonb(OLD) - 'valid_to' IS DISTINCT FROM to_jsonb(NEW) - 'valid_to' OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to)) THEN\n                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='65e051398b5f93a6806cd13cf00e26be2138e673', operation='UPDATE OR DELETE', pgid='pgtrigger_decided_rows_stay_e056a', table='partners_partnerlicence', when='BEFORE')),
        ),
        migrations.AddConstraint(
            model_name='partnerlicence',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by_ref__isnull', True), models.Q(('checked_by_ref', models.F('made_by_ref')), _negated=True), _connector='OR'), name='partners_partnerlicence_maker_is_not_checker', violation_error_message='Another person than the maker has to check this.'),
        ),
        migrations.AddConstraint(
            model_name='partnerlicence',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by_ref__isnull', True), ('decision', 'pending')), models.Q(('checked_at__isnull', False), ('checked_by_ref__isnull', False), ('decision__in', ['approved', 'rejected'])), _connector='OR'), name='partners_partnerlicence_a_decision_has_checker_and_time'),
        ),
        migrations.AddConstraint(
            model_name='partnerlicence',
            constraint=models.CheckConstraint(condition=models.Q(('decision', 'rejected'), ('rejection_reason', ''), _connector='XOR'), name='partners_partnerlicence_only_a_rejection_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='partnerlicence',
            constraint=models.UniqueConstraint(condition=models.Q(('decision', 'rejected'), _negated=True), fields=('partner', 'number', 'valid_from'), name='a_partners_licence_is_entered_once', violation_error_message='This licence is entered already.'),
        ),
        migrations.AddConstraint(
            model_name='webhookendpoint',
            constraint=models.CheckConstraint(condition=models.Q(('status__in', ['active', 'paused', 'disabled', 'removed'])), name='a_webhook_has_a_known_status'),
        ),
    ]
