# The column held birth dates in the clear. The default lets the way back fill it again.

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_screening'),
    ]

    operations = [
        migrations.AlterField(
            model_name='watchhit',
            name='marks',
            field=models.CharField(default='', editable=False, max_length=60),
        ),
        migrations.RemoveField(
            model_name='watchhit',
            name='marks',
        ),
    ]
