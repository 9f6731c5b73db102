"""What stands in the signed file of an application for a permission, as data for the template."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.gateways import Person
from accounts.models import PermissionApplication
from accounts.permissions.grounds import attempts_of
from accounts.permissions.states import AttemptStatus
from accounts.permissions.wording import label_in
from accounts.signing.page import document, instant, reading, row
from brokerage.core.display import formats
from holdings.models import AssetEvidence
from suitability.models import MatchRecord
from suitability.models import in_language as said_in


def paper_data(case: PermissionApplication, signer: Person, *, serial: str) -> dict[str, Any]:
    """The content of the file in the language of the disclosure (form: pack.typ).

    Args:
        case: signed.
        signer: who signed.
        serial: number of the certificate, hexadecimal.
    """
    text = case.text
    assert text is not None, "a signature covers a text"
    assert case.signed_at is not None, "it is signed"
    with override(text.language):
        permission = said_in(label_in(case.key, case.applied_on))
        return {
            "title": _("Application for a trading permission: {permission}").format(
                permission=permission
            ),
            "firm": _("Demonstration Securities"),
            "lang": text.language.partition("-")[0],
            "number": _("Application {number}").format(number=str(case.ref)),
            "parties": [
                row(_("Customer"), signer.name),
                row(_("Identity number"), signer.number),
                row(_("Firm"), _("Demonstration Securities")),
                row(_("Trading permission"), permission),
                *_grounds(case),
            ],
            "documents": [document(text)],
            "signing": {
                "title": _("Signature"),
                "rows": [
                    row(_("Signed by"), signer.name),
                    row(_("With"), _("Code by text message for exactly this application")),
                    row(_("Signed at"), instant(case.signed_at)),
                    row(_("Certificate number"), serial),
                    row(_("Fingerprint of text, rule, evidence and opinion"), case.fingerprint),
                ],
                "readings": [*_readings(case)],
            },
        }


def _grounds(case: PermissionApplication) -> list[dict[str, str]]:
    """What it was decided on: the rule, the frozen average, the first trade, test and opinion."""
    found = [row(_("Rule"), case.rule_version)]
    if case.carried:
        found.append(row(_("Carried over"), _("Held with another broker")))
    if case.evidence_ref:
        kept = AssetEvidence.objects.get(ref=case.evidence_ref)
        amount = _("{amount} over {days} trading days before {day}").format(
            amount=formats.money(kept.average), days=kept.days, day=kept.on.isoformat()
        )
        found.append(row(_("Average assets"), amount))
    if case.first_trade:
        found.append(row(_("First trade"), case.first_trade.isoformat()))
    passed = attempts_of(case).filter(status=AttemptStatus.PASSED).last()
    if passed is not None:
        score = _("{score} of 100 points, {mark} needed, {time}; questions {bank}").format(
            score=passed.score,
            mark=passed.mark,
            time=instant(passed.ended_at),
            bank=str(passed.bank),
        )
        found.append(row(_("Knowledge test"), score))
    opinion = MatchRecord.objects.filter(ref=str(case.opinion_ref)).first()
    if opinion is not None:
        found.append(row(_("Matching opinion"), str(opinion.get_outcome_display())))
    return found


def _readings(case: PermissionApplication) -> list[str]:
    """How long the disclosure was open, and who of an outlet explained it."""
    text, opened, read = case.text, case.text_opened_at, case.text_read_at
    if text is None or opened is None or read is None:
        return []
    found = [reading(text.title, opened, int((read - opened).total_seconds()))]
    helped = case.releases.filter(done_at__isnull=False).select_related("outlet", "helper")
    found.extend(
        _("{step}: helped by {name}, {outlet}, {time}").format(
            step=each.get_step_display(),
            name=each.helper.display_name if each.helper else "",
            outlet=each.outlet.name if each.outlet else "",
            time=instant(each.done_at),
        )
        for each in helped.order_by("done_at")
    )
    return found
