"""Proofs of qualified investors, members of the desks, second looks at credits and complaints.

What is on the shelf already gets what the law asks for: private funds and plans have the entry
requirement that matching refuses without, and plans leave the open shelf.
"""

import brokerage.core.fields
import brokerage.reference.dated
import django.contrib.postgres.constraints
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
import uuid
from django.db import migrations, models

ENTRY = {"private": "qualified_private", "plan": "qualified_plan"}


def ask_for_entry(apps, schema_editor):
    """Add the requirement of its family to the item of each product that has it not."""
    Product = apps.get_model("products", "Product")
    for product in Product.objects.filter(family__in=list(ENTRY)).select_related("item"):
        item, key = product.item, ENTRY[product.family]
        if key not in item.requirements:
            item.requirements = [*item.requirements, key]
            item.save(update_fields=["requirements"])
    Product.objects.filter(family="plan", on_open_shelf=True).update(on_open_shelf=False)


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0003_further_documents'),
        ('products', '0018_how_books_end_and_what_is_told'),
        ('suitability', '0011_spoken_languages'),
    ]

    operations = [
        migrations.CreateModel(
            name='DeskMember',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('made_by_ref', models.UUIDField(editable=False, verbose_name='made by')),
                ('made_at', models.DateTimeField(editable=False, verbose_name='made at')),
                ('checked_by_ref', models.UUIDField(blank=True, editable=False, null=True, verbose_name='checked by')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at')),
                ('decision', models.CharField(choices=[('pending', 'Waiting for a second person'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='pending', editable=False, max_length=8, verbose_name='decision')),
                ('rejection_reason', models.TextField(blank=True, editable=False, verbose_name='reason of the rejection')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, help_text='Empty: until changed.', null=True, verbose_name='until (not included)')),
                ('desk', models.CharField(choices=[('banking', 'investment banking'), ('assets', 'asset management'), ('custody', 'custody')], max_length=8, verbose_name='desk')),
                ('person_ref', models.UUIDField(verbose_name='member')),
            ],
            options={
                'verbose_name': 'member of a product desk',
                'verbose_name_plural': 'members of the product desks',
                'abstract': False,
            },
        ),
        migrations.CreateModel(
            name='QualifiedInvestor',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('ref', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('made_by_ref', models.UUIDField(editable=False, verbose_name='made by')),
                ('made_at', models.DateTimeField(editable=False, verbose_name='made at')),
                ('checked_by_ref', models.UUIDField(blank=True, editable=False, null=True, verbose_name='checked by')),
                ('checked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='checked at')),
                ('decision', models.CharField(choices=[('pending', 'Waiting for a second person'), ('approved', 'Approved'), ('rejected', 'Rejected')], default='pending', editable=False, max_length=8, verbose_name='decision')),
                ('rejection_reason', models.TextField(blank=True, editable=False, verbose_name='reason of the rejection')),
                ('valid_from', models.DateField(verbose_name='from')),
                ('valid_to', models.DateField(blank=True, help_text='Empty: until changed.', null=True, verbose_name='until (not included)')),
                ('products', models.CharField(choices=[('private', 'private funds'), ('plan', 'asset-management plans')], max_length=8, verbose_name='for')),
                ('fact', models.CharField(choices=[('financial_assets', 'financial assets'), ('household_net_financial_assets', 'net financial assets of the household'), ('household_financial_assets', 'financial assets of the household'), ('average_income_3y', 'average yearly income of the last three years'), ('net_assets', 'net assets (organisations)')], max_length=30, verbose_name='what was proved')),
                ('amount', brokerage.core.fields.EncryptedTextField(verbose_name='proved amount in yuan')),
                ('as_of', models.DateField(verbose_name='as of')),
                ('first_trade', models.DateField(blank=True, help_text='Asked of persons for plans: two years of investing.', null=True, verbose_name='first investment')),
                ('document', models.CharField(help_text='What was shown and checked, with its number.', max_length=80, verbose_name='document')),
                ('rule_version', models.CharField(editable=False, max_length=300, verbose_name='version of the rules')),
            ],
            options={
                'verbose_name': 'qualified investor',
                'verbose_name_plural': 'qualified investors',
                'abstract': False,
            },
        ),
        migrations.AddField(
            model_name='complaint',
            name='answered_by_ref',
            field=models.UUIDField(blank=True, editable=False, null=True, verbose_name='answered by'),
        ),
        migrations.AddField(
            model_name='creditdispute',
            name='proposal',
            field=models.CharField(blank=True, max_length=500, verbose_name='why it is split anew'),
        ),
        migrations.AddField(
            model_name='creditdispute',
            name='proposed_at',
            field=models.DateTimeField(blank=True, null=True, verbose_name='proposed at'),
        ),
        migrations.AddField(
            model_name='creditdispute',
            name='proposed_by_ref',
            field=models.UUIDField(blank=True, null=True, verbose_name='proposed by'),
        ),
        migrations.AddField(
            model_name='creditdispute',
            name='to_company',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='proposed for the branch company'),
        ),
        migrations.AddField(
            model_name='creditdispute',
            name='to_outlet',
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=20, null=True, verbose_name='proposed for the outlet'),
        ),
        migrations.AlterField(
            model_name='product',
            name='on_open_shelf',
            field=models.BooleanField(default=False, help_text='Never for private funds and for plans.', verbose_name='on the open shelf'),
        ),
        migrations.AddConstraint(
            model_name='complaint',
            constraint=models.CheckConstraint(condition=models.Q(('answered_by_ref', None), models.Q(('answered_by_ref', models.F('received_by_ref')), _negated=True), _connector='OR'), name='who_takes_a_complaint_down_does_not_answer_it'),
        ),
        migrations.AddConstraint(
            model_name='creditdispute',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('proposal', ''), ('proposed_at', None), ('proposed_by_ref', None), ('to_company', None), ('to_outlet', None)), models.Q(('proposed_by_ref__isnull', False), ('to_company__gte', 0), ('to_outlet__gte', 0), ('proposed_at__isnull', False), models.Q(('proposal', ''), _negated=True), models.Q(('proposed_by_ref', models.F('raised_by_ref')), _negated=True)), _connector='OR'), name='another_split_is_proposed_as_a_whole'),
        ),
        migrations.AddConstraint(
            model_name='creditdispute',
            constraint=models.CheckConstraint(condition=models.Q(('proposed_by_ref', None), ('answered_by_ref', None), models.Q(('answered_by_ref', models.F('proposed_by_ref')), _negated=True), _connector='OR'), name='who_proposes_a_split_does_not_confirm_it'),
        ),
        migrations.AddIndex(
            model_name='deskmember',
            index=models.Index(fields=['desk', 'person_ref'], name='members_of_a_desk'),
        ),
        migrations.AddConstraint(
            model_name='deskmember',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by_ref__isnull', True), models.Q(('checked_by_ref', models.F('made_by_ref')), _negated=True), _connector='OR'), name='products_deskmember_maker_is_not_checker', violation_error_message='Another person than the maker has to check this.'),
        ),
        migrations.AddConstraint(
            model_name='deskmember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by_ref__isnull', True), ('decision', 'pending')), models.Q(('checked_at__isnull', False), ('checked_by_ref__isnull', False), ('decision__in', ['approved', 'rejected'])), _connector='OR'), name='products_deskmember_a_decision_has_checker_and_time'),
        ),
        migrations.AddConstraint(
            model_name='deskmember',
            constraint=models.CheckConstraint(condition=models.Q(('decision', 'rejected'), ('rejection_reason', ''), _connector='XOR'), name='products_deskmember_only_a_rejection_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='deskmember',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='deskmember_does_not_end_before_it_begins', violation_error_message='The end cannot lie before the beginning.'),
        ),
        migrations.AddConstraint(
            model_name='deskmember',
            constraint=models.CheckConstraint(condition=models.Q(('desk__in', ['banking', 'assets', 'custody'])), name='a_member_is_of_a_known_desk'),
        ),
        migrations.AddConstraint(
            model_name='deskmember',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('made_by_ref', models.F('person_ref')), _negated=True), models.Q(('checked_by_ref', None), models.Q(('checked_by_ref', models.F('person_ref')), _negated=True), _connector='OR')), name='nobody_puts_themselves_on_a_desk', violation_error_message='Somebody else has to name you.'),
        ),
        migrations.AddConstraint(
            model_name='deskmember',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('decision', 'approved')), expressions=[('desk', '='), ('person_ref', '='), (brokerage.reference.dated.DateRange('valid_from', 'valid_to'), '&&')], name='a_member_is_on_a_desk_once_at_a_time', violation_error_message='This person is on the desk on some of these days.'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='deskmember',
            trigger=pgtrigger.compiler.Trigger(name='decided_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' THEN\n                IF OLD.decision <> 'pending' THEN\n                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN OLD;\n            END IF;\n            IF OLD.decision = 'pending' THEN\n                IF NEW.decision <> 'pending'\n                    AND to_jsonb(OLD) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' IS DISTINCT FROM to_jsonb(NEW) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' THEN\n                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            ELSIF to_jsonb(OLD) - 'valid_to' IS DISTINCT FROM to_jsonb(NEW) - 'valid_to' OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to)) THEN\n                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='dfcc17ef8c7fcd85c509e4f3015c909e1f29f5dc', operation='UPDATE OR DELETE', pgid='pgtrigger_decided_rows_stay_ca8f4', table='products_deskmember', when='BEFORE')),
        ),
        migrations.AddField(
            model_name='qualifiedinvestor',
            name='customer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='qualified_proofs', to='customers.customer', verbose_name='customer'),
        ),
        migrations.AddIndex(
            model_name='qualifiedinvestor',
            index=models.Index(fields=['customer', 'products'], name='qualified_by_customer'),
        ),
        migrations.AddConstraint(
            model_name='qualifiedinvestor',
            constraint=models.CheckConstraint(condition=models.Q(('checked_by_ref__isnull', True), models.Q(('checked_by_ref', models.F('made_by_ref')), _negated=True), _connector='OR'), name='products_qualifiedinvestor_maker_is_not_checker', violation_error_message='Another person than the maker has to check this.'),
        ),
        migrations.AddConstraint(
            model_name='qualifiedinvestor',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('checked_at__isnull', True), ('checked_by_ref__isnull', True), ('decision', 'pending')), models.Q(('checked_at__isnull', False), ('checked_by_ref__isnull', False), ('decision__in', ['approved', 'rejected'])), _connector='OR'), name='products_qualifiedinvestor_a_decision_has_checker_and_time'),
        ),
        migrations.AddConstraint(
            model_name='qualifiedinvestor',
            constraint=models.CheckConstraint(condition=models.Q(('decision', 'rejected'), ('rejection_reason', ''), _connector='XOR'), name='products_qualifiedinvestor_only_a_rejection_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='qualifiedinvestor',
            constraint=models.CheckConstraint(condition=models.Q(('valid_to', None), ('valid_to__gte', models.F('valid_from')), _connector='OR'), name='qualifiedinvestor_does_not_end_before_it_begins', violation_error_message='The end cannot lie before the beginning.'),
        ),
        migrations.AddConstraint(
            model_name='qualifiedinvestor',
            constraint=models.CheckConstraint(condition=models.Q(('as_of__lte', models.F('valid_from')), ('valid_to__isnull', False)), name='a_qualified_investor_has_days_of_a_proof'),
        ),
        migrations.AddConstraint(
            model_name='qualifiedinvestor',
            constraint=models.CheckConstraint(condition=models.Q(('fact__in', ['financial_assets', 'household_net_financial_assets', 'household_financial_assets', 'average_income_3y', 'net_assets']), ('products__in', ['private', 'plan']), models.Q(('document', ''), _negated=True), models.Q(('rule_version', ''), _negated=True)), name='a_qualified_investor_says_what_was_proved'),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='qualifiedinvestor',
            trigger=pgtrigger.compiler.Trigger(name='decided_rows_stay', sql=pgtrigger.compiler.UpsertTriggerSql(func="\n            IF TG_OP = 'DELETE' THEN\n                IF OLD.decision <> 'pending' THEN\n                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN OLD;\n            END IF;\n            IF OLD.decision = 'pending' THEN\n                IF NEW.decision <> 'pending'\n                    AND to_jsonb(OLD) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' IS DISTINCT FROM to_jsonb(NEW) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' THEN\n                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            ELSIF to_jsonb(OLD) - 'valid_to' IS DISTINCT FROM to_jsonb(NEW) - 'valid_to' OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to)) THEN\n                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ", hash='a034611106cdcfbd4129ab78528112605a56c932', operation='UPDATE OR DELETE', pgid='pgtrigger_decided_rows_stay_676e2', table='products_qualifiedinvestor', when='BEFORE')),
        ),
        migrations.RunPython(ask_for_entry, migrations.RunPython.noop),
    ]
