"""Banks of questions become dated rules that a second person signs off.

What was in use before has no signature: it stays as the ground of its attempts, marked as never
signed off, and nothing is drawn from it again. The shipped banks come anew by `load_reference`.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime, time, timedelta, timezone

import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.expressions
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import brokerage.reference.dated

PREFIX = "permission_test."
AUTHOR = uuid.uuid5(uuid.NAMESPACE_URL, "brokerage:release:author")
REVIEWER = uuid.uuid5(uuid.NAMESPACE_URL, "brokerage:release:reviewer")
SHANGHAI = timezone(timedelta(hours=8))
LANGUAGES = ("zh-hans", "en")


def to_rules(apps, schema_editor):
    for row in apps.get_model("accounts", "QuestionBank").objects.order_by("pk"):
        questions = [
            {"key": each["key"], "right": each["right"], "certainty": "M?", **each["texts"]}
            for each in row.value
        ]
        row.ref = uuid.uuid4()
        row.key = PREFIX + row.key
        row.value = {"questions": questions}
        row.valid_from = row.in_use_from.astimezone(SHANGHAI).date()
        row.made_by_ref, row.made_at = AUTHOR, row.in_use_from
        row.checked_by_ref, row.checked_at = REVIEWER, row.in_use_from
        row.decision = "rejected"
        row.rejection_reason = "In use before banks had to be signed off"
        row.change_note = f"Version {row.version}"
        row.save()


def from_rules(apps, schema_editor):
    versions = {}
    rows = apps.get_model("accounts", "QuestionBank").objects.order_by("valid_from", "pk")
    for row in rows:
        row.key = row.key.removeprefix(PREFIX)
        versions[row.key] = row.version = versions.get(row.key, 0) + 1
        row.value = [
            {
                "key": each["key"],
                "right": each["right"],
                "options": sorted(each[LANGUAGES[0]]["options"]),
                "texts": {language: each[language] for language in LANGUAGES},
            }
            for each in row.value["questions"]
        ]
        written = json.dumps(row.value, ensure_ascii=False, sort_keys=True)
        row.sha256 = hashlib.sha256(written.encode()).hexdigest()
        row.in_use_from = datetime.combine(row.valid_from, time.min, SHANGHAI)
        row.save()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0024_permission_proofs"),
        ("reference", "0004_day_of_maturity"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="questionbank", name="banks_of_questions_stay"
        ),
        migrations.RemoveConstraint(
            model_name="questionbank", name="one_bank_of_questions_of_each_version"
        ),
        migrations.RenameField("questionbank", "content", "value"),
        migrations.RenameField("questionbank", "valid_from", "in_use_from"),
        migrations.AlterField("questionbank", "in_use_from", models.DateTimeField(null=True)),
        migrations.AlterField("questionbank", "version", models.PositiveIntegerField(null=True)),
        migrations.AlterField(
            "questionbank", "sha256", models.CharField(max_length=64, default="")
        ),
        migrations.AddField("questionbank", "ref", models.UUIDField(null=True)),
        migrations.AddField("questionbank", "valid_from", models.DateField(null=True)),
        migrations.AddField("questionbank", "made_by_ref", models.UUIDField(null=True)),
        migrations.AddField("questionbank", "made_at", models.DateTimeField(null=True)),
        migrations.AddField(
            "questionbank",
            "checked_by_ref",
            models.UUIDField(blank=True, editable=False, null=True, verbose_name="checked by"),
        ),
        migrations.AddField(
            "questionbank",
            "checked_at",
            models.DateTimeField(blank=True, editable=False, null=True, verbose_name="checked at"),
        ),
        migrations.AddField(
            "questionbank",
            "decision",
            models.CharField(
                choices=[
                    ("pending", "Waiting for a second person"),
                    ("approved", "Approved"),
                    ("rejected", "Rejected"),
                ],
                default="pending",
                editable=False,
                max_length=8,
                verbose_name="decision",
            ),
        ),
        migrations.AddField(
            "questionbank",
            "rejection_reason",
            models.TextField(
                blank=True, default="", editable=False, verbose_name="reason of the rejection"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "questionbank",
            "scope",
            models.CharField(
                blank=True,
                default="",
                help_text="Market, product or client kind; empty for all.",
                max_length=28,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A[A-Za-z0-9_.:-]*\\Z", "Letters, digits and . : - _ only."
                    )
                ],
                verbose_name="scope",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "questionbank",
            "valid_to",
            models.DateField(
                blank=True,
                help_text="The first day on which it ends.",
                null=True,
                verbose_name="valid to",
            ),
        ),
        migrations.AddField(
            "questionbank",
            "legal_basis",
            models.TextField(blank=True, default="", verbose_name="legal basis"),
            preserve_default=False,
        ),
        migrations.AddField(
            "questionbank",
            "source",
            models.TextField(
                default="written by the house from general market knowledge", verbose_name="source"
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "questionbank",
            "confidence",
            models.CharField(
                choices=[
                    ("S", "Seen in a source"),
                    ("C", "Computed from sources"),
                    ("P", "Policy of the firm"),
                    ("M", "Known, source not at hand"),
                    ("M?", "To be checked by compliance"),
                ],
                default="M?",
                max_length=2,
                verbose_name="confidence",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            "questionbank",
            "change_note",
            models.TextField(blank=True, default="", verbose_name="change note"),
            preserve_default=False,
        ),
        migrations.AddField(
            "questionbank",
            "origin",
            models.CharField(
                choices=[("release", "Shipped with the system"), ("firm", "Loaded by the firm")],
                default="firm",
                editable=False,
                max_length=7,
                verbose_name="origin",
            ),
        ),
        migrations.AlterField(
            "questionbank",
            "key",
            models.CharField(
                max_length=60,
                validators=[
                    django.core.validators.RegexValidator(
                        "\\A[a-z0-9_]+(\\.[a-z0-9_]+)*\\Z", "Lower case words joined by dots."
                    )
                ],
                verbose_name="rule key",
            ),
        ),
        migrations.AlterField("questionbank", "value", models.JSONField(verbose_name="value")),
        migrations.RunPython(to_rules, from_rules),
        migrations.RemoveField("questionbank", "version"),
        migrations.RemoveField("questionbank", "sha256"),
        migrations.RemoveField("questionbank", "in_use_from"),
        migrations.AlterField(
            "questionbank",
            "ref",
            models.UUIDField(default=uuid.uuid4, editable=False, unique=True),
        ),
        migrations.AlterField(
            "questionbank", "valid_from", models.DateField(verbose_name="valid from")
        ),
        migrations.AlterField(
            "questionbank", "made_by_ref", models.UUIDField(editable=False, verbose_name="made by")
        ),
        migrations.AlterField(
            "questionbank", "made_at", models.DateTimeField(editable=False, verbose_name="made at")
        ),
        migrations.AlterModelOptions(
            "questionbank",
            options={
                "ordering": ["key", "scope", "valid_from", "pk"],
                "verbose_name": "bank of questions",
                "verbose_name_plural": "banks of questions",
            },
        ),
        migrations.AddIndex(
            model_name="questionbank",
            index=models.Index(
                fields=["key", "scope", "valid_from"], name="accounts_qu_key_0141e7_idx"
            ),
        ),
        migrations.AddConstraint(
            model_name="questionbank",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("checked_by_ref__isnull", True),
                    models.Q(("checked_by_ref", models.F("made_by_ref")), _negated=True),
                    _connector="OR",
                ),
                name="accounts_questionbank_maker_is_not_checker",
                violation_error_message="Another person than the maker has to check this.",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionbank",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("checked_at__isnull", True),
                        ("checked_by_ref__isnull", True),
                        ("decision", "pending"),
                    ),
                    models.Q(
                        ("checked_at__isnull", False),
                        ("checked_by_ref__isnull", False),
                        ("decision__in", ["approved", "rejected"]),
                    ),
                    _connector="OR",
                ),
                name="accounts_questionbank_a_decision_has_checker_and_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionbank",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("decision", "rejected"), ("rejection_reason", ""), _connector="XOR"
                ),
                name="accounts_questionbank_only_a_rejection_has_a_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionbank",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_to__isnull", True),
                    ("valid_to__gte", models.F("valid_from")),
                    _connector="OR",
                ),
                name="accounts_questionbank_ends_after_it_starts",
                violation_error_message="A rule ends after it starts.",
            ),
        ),
        migrations.AddConstraint(
            model_name="questionbank",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                condition=models.Q(("decision", "approved")),
                expressions=[
                    ("key", "="),
                    ("scope", "="),
                    (
                        brokerage.reference.dated.DateRange(
                            "valid_from", "valid_to", models.Value("[)")
                        ),
                        "&&",
                    ),
                ],
                name="accounts_questionbank_no_two_at_once",
                violation_error_message="Another approved rule covers some of these dates.",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="questionbank",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_rows_stay",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n            IF TG_OP = 'DELETE' THEN\n                IF OLD.decision <> 'pending' THEN\n                    RAISE EXCEPTION 'a decided row of % is never deleted', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n                RETURN OLD;\n            END IF;\n            IF OLD.decision = 'pending' THEN\n                IF NEW.decision <> 'pending'\n                    AND to_jsonb(OLD) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' IS DISTINCT FROM to_jsonb(NEW) - 'decision' - 'checked_by_ref' - 'checked_at' - 'rejection_reason' THEN\n                    RAISE EXCEPTION 'a decision on % changes nothing else', TG_TABLE_NAME\n                        USING ERRCODE = 'integrity_constraint_violation';\n                END IF;\n            ELSIF to_jsonb(OLD) - 'valid_to' IS DISTINCT FROM to_jsonb(NEW) - 'valid_to' OR (NEW.valid_to IS DISTINCT FROM OLD.valid_to AND (NEW.valid_to IS NULL OR NEW.valid_to > OLD.valid_to)) THEN\n                RAISE EXCEPTION 'a decided row of % is never changed', TG_TABLE_NAME\n                    USING ERRCODE = 'integrity_constraint_violation';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="490b9b9ca04c79a532e1711141bece15520da512",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_decided_rows_stay_c7823",
                    table="accounts_questionbank",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name='testattempt',
            trigger=pgtrigger.compiler.Trigger(name='attempts_draw_from_approved_banks', sql=pgtrigger.compiler.UpsertTriggerSql(declare='DECLARE signed text;', func="\n                    SELECT decision INTO signed FROM accounts_questionbank WHERE id = NEW.bank_id;\n                    IF signed <> 'approved' THEN\n                        RAISE EXCEPTION 'this bank of questions is not signed off'\n                            USING ERRCODE = 'integrity_constraint_violation';\n                    END IF;\n                    RETURN NEW;\n                ", hash='54c202573773b8da788e736ff9fdfdc11e22b8aa', operation='INSERT OR UPDATE OF "bank_id"', pgid='pgtrigger_attempts_draw_from_approved_banks_e70b4', table='accounts_testattempt', when='BEFORE')),
        ),
    ]
