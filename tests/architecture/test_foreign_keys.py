"""No foreign key of ours points upwards, and none deletes what it points from."""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import PROTECT

from tests.architecture.test_layers import LAYERS

# Rows that mean nothing without their owner and are no evidence: they go with it.
GOES_WITH_ITS_OWNER = {
    "users.PhoneCode.user": "a code lives five minutes",
    "users.Device.user": "a browser is known for one log-in only",
    "messaging.Preference.user": "how one log-in wants to be written to",
    "content.Mark.raw": "what a machine noted about a text, without weight of its own",
    "holdings.FileChange.file": "what a correction changed goes with the record of the correction",
    "holdings.FileIssue.file": "what was wrong when the file was last looked at",
    "partners.Credential.oauth_client": "the library's half of a secret that retired",
    "partners.ScenarioRun.lead": "set to nothing: a scenario in the sandbox outlives its lead",
    "products.StatedWish.assessment": "copied from it for counting alone",
    "products.OfferTarget.message": "set to nothing: that it was sent outlives the message",
}
HEIGHT = {module: -place for place, module in enumerate(LAYERS)}


def height(model: type[models.Model]) -> int | None:
    """How high the model's app stands; None for apps that are not ours."""
    return HEIGHT.get(apps.get_app_config(model._meta.app_label).name)


def our_foreign_keys() -> list[models.ForeignKey[Any, Any]]:
    return [
        field
        for model in apps.get_models(include_auto_created=True)
        if height(model) is not None
        for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey)
    ]


def test_no_foreign_key_points_upwards():
    upwards = [
        str(field)
        for field in our_foreign_keys()
        if (target := height(field.related_model)) is not None
        and target > (height(field.model) or 0)
    ]
    assert upwards == []


def test_every_foreign_key_protects_what_it_points_to():
    # many-to-many tables that Django makes itself (groups of a user) are exempt
    loose = [
        str(field)
        for field in our_foreign_keys()
        if field.remote_field.on_delete is not PROTECT and not field.model._meta.auto_created
    ]
    assert set(loose) == set(GOES_WITH_ITS_OWNER)


def test_the_walk_sees_our_models():
    assert len(our_foreign_keys()) > 5
