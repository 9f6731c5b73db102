"""How much one customer may have of a product, and the right to see the control of products."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('branches', '0012_names_and_hosts_fit_units'),
        ('products', '0013_private_contracts'),
    ]

    operations = [
        migrations.AlterModelOptions(
            name='product',
            options={'permissions': [('see_control', 'Can see the control of products')], 'verbose_name': 'product', 'verbose_name_plural': 'products'},
        ),
        migrations.AddField(
            model_name='terms',
            name='most_held',
            field=models.DecimalField(blank=True, decimal_places=2, help_text='What is held and what is ordered together. Empty: no limit.', max_digits=20, null=True, verbose_name='most that one customer may have, in yuan'),
        ),
        migrations.AddConstraint(
            model_name='terms',
            constraint=models.CheckConstraint(condition=models.Q(('most_held__isnull', True), ('most_held__gte', models.F('minimum')), _connector='OR'), name='one_customer_may_have_the_least_amount', violation_error_message='One customer could not even order the least amount.'),
        ),
    ]
