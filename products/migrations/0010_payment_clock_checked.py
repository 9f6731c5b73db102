"""The checks of 0009 for the rows that were there, and what the jobs look for; nothing is locked."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models

TO_BE_REVOKED = models.Q(status="lapsed", revoked_at=None)


class Migration(migrations.Migration):
    atomic = False  # built and read beside the running system

    dependencies = [("products", "0009_payment_clock")]

    operations = [
        AddIndexConcurrently(
            model_name="bid",
            index=models.Index(fields=["id"], condition=TO_BE_REVOKED, name="bids_to_be_revoked"),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(fields=["id"], condition=TO_BE_REVOKED, name="orders_to_be_revoked"),
        ),
        ValidateConstraint(model_name="bid", name="a_bid_has_amount_and_status"),
        ValidateConstraint(model_name="bid", name="what_counts_in_a_book_is_paid"),
        ValidateConstraint(model_name="bid", name="only_a_bid_that_lapsed_is_revoked"),
        ValidateConstraint(model_name="order", name="an_order_has_a_known_status"),
        ValidateConstraint(model_name="order", name="nothing_is_bought_before_it_is_paid"),
        ValidateConstraint(model_name="order", name="only_an_order_that_lapsed_is_revoked"),
    ]
