"""The checks of 0009 for the rows that were there; nothing is locked."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False  # read beside the running system

    dependencies = [("suitability", "0009_told_at_outlets")]

    operations = [
        ValidateConstraint(model_name="disclosure", name="a_disclosure_at_an_outlet_has_place_and_person"),
        ValidateConstraint(model_name="doublerecording", name="a_recording_is_made_on_one_thing"),
        ValidateConstraint(model_name="doublerecording", name="a_recording_has_its_script_and_consent"),
        ValidateConstraint(model_name="salefollowup", name="a_sampled_buyer_has_a_place_in_the_draw"),
        ValidateConstraint(model_name="statusrequest", name="an_explanation_at_an_outlet_has_place_and_person"),
    ]
