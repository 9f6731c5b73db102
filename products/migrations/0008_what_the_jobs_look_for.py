"""What the jobs of every ten minutes look for is found without reading all orders and bids."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models

PAID_BACK = models.Q(refund__gt=0, refunded_at=None)


class Migration(migrations.Migration):
    atomic = False  # built beside the running system; nothing is locked

    dependencies = [("products", "0007_referrals")]

    operations = [
        AddIndexConcurrently(
            model_name="bid",
            index=models.Index(
                fields=["id"], condition=models.Q(status="placed"), name="bids_to_be_paid"
            ),
        ),
        AddIndexConcurrently(
            model_name="bid",
            index=models.Index(fields=["id"], condition=PAID_BACK, name="bids_to_be_paid_back"),
        ),
        AddIndexConcurrently(
            model_name="order",
            index=models.Index(fields=["id"], condition=PAID_BACK, name="orders_to_be_paid_back"),
        ),
    ]
