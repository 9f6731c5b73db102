"""The keys of the rules that this app ships (reference/rules.yaml)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from brokerage.reference.schemas import Schema, Type, register, schemas

RETENTION = {
    "retention.suitability": _("Keep proofs of suitability for"),
    "retention.account_opening": _("Keep account opening files for"),
    "retention.due_diligence": _("Keep due diligence on customers for"),
    "retention.tax_residency": _("Keep tax self-certifications for"),
    "retention.impact_assessment": _("Keep privacy impact assessments for"),
    "retention.security_log": _("Keep security logs for"),
    "retention.devices": _("Keep browsers that nobody uses for"),
    "retention.drafts": _("Keep abandoned drafts for"),
    "retention.message_outbox": _("Keep sent messages for"),
    "retention.orphaned_files": _("Keep files that nothing refers to for"),
    "retention.exports": _("Keep files made for one download for"),
    "retention.imports": _("Keep the rows of imported lists for"),
}


def register_all() -> None:
    """Make the keys known; a second call is harmless."""
    for key, label in RETENTION.items():
        if key not in schemas:
            register(Schema(key=key, label=label, type=Type.PERIOD))
