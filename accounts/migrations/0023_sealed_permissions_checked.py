"""The check of signed files holds for all rows; what waits for its file is found by an index."""

from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("accounts", "0022_permission_releases_and_papers")]

    operations = [
        AddIndexConcurrently(
            model_name="permissionapplication",
            index=models.Index(
                condition=models.Q(("sealed_at", None), ("signed_at__isnull", False)),
                fields=["signed_at"],
                name="permission_cases_to_seal",
            ),
        ),
        ValidateConstraint(
            model_name="permissionapplication", name="a_sealed_permission_case_has_its_file"
        ),
    ]
