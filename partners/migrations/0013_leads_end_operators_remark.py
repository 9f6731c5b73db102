import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('partners', '0012_a_person_comes_back'),
    ]

    operations = [
        migrations.AlterField(
            model_name='lead',
            name='end_reason',
            field=models.CharField(blank=True, choices=[('not_reached', 'Not reached'), ('not_interested', 'Not interested'), ('not_now', 'Not now'), ('no_consent', 'Did not agree to be recommended'), ('no_account', 'Began, and no account came of it')], max_length=16, verbose_name='why it ended'),
        ),
        migrations.AlterField(
            model_name='remark',
            name='api_client',
            field=models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='partners.apiclient'),
        ),
        migrations.AddIndex(
            model_name='entrylink',
            index=models.Index(fields=['partner', '-id'], name='entry_links_of_a_partner'),
        ),
        migrations.AddIndex(
            model_name='webhookdelivery',
            index=models.Index(fields=['endpoint', '-number'], name='webhook_log_of_an_endpoint'),
        ),
    ]
