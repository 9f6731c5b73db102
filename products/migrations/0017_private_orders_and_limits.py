"""Binding contracts of private funds are ordered; a bid knows how much of it counts.

The checks of bids first hold for new rows only and are then read beside the running system.
"""

from django.contrib.postgres.operations import AddConstraintNotValid, ValidateConstraint
from django.db import migrations, models
from django.db.models.deletion import PROTECT

LIMIT = models.CheckConstraint(
    condition=models.Q(
        ("most", None),
        models.Q(
            ("most__gte", 0),
            models.Q(("allotted", None), ("allotted__lte", models.F("most")), _connector="OR"),
        ),
        _connector="OR",
    ),
    name="no_more_is_allotted_than_a_customer_may_have",
)


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("products", "0016_commission_by_day")]

    operations = [
        migrations.AddField(
            model_name="privatecontract",
            name="order",
            field=models.OneToOneField(
                blank=True,
                null=True,
                on_delete=PROTECT,
                related_name="contract",
                to="products.order",
                verbose_name="order to the registrar",
            ),
        ),
        migrations.AddConstraint(
            model_name="privatecontract",
            constraint=models.CheckConstraint(
                condition=models.Q(("order", None), ("status", "binding"), _connector="OR"),
                name="only_a_binding_contract_is_ordered",
            ),
        ),
        migrations.AddField(
            model_name="bid",
            name="most",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="The customer may have no more of the product. Empty: the whole bid counts.",
                max_digits=20,
                null=True,
                verbose_name="counts at most, in yuan",
            ),
        ),
        AddConstraintNotValid(model_name="bid", constraint=LIMIT),
        ValidateConstraint(model_name="bid", name=LIMIT.name),
    ]
