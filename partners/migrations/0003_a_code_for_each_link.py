"""Every link of a partner gets its entry code (the one kind of link); the next one contracts."""

import django.db.models.deletion
from django.db import migrations, models

FILL = """
insert into branches_entrycode
    (ref, created_at, code, purpose, institution_ref, label, starts_at, ends_at, end_reason)
select link.ref, link.created_at, substr(md5(link.ref::text || random()::text), 1, 16),
       'open_account', partner.ref, '', link.created_at, link.expires_at, ''
from partners_entrylink as link join partners_partner as partner on partner.id = link.partner_id;
update partners_entrylink as link set code_id = code.id
from branches_entrycode as code where code.ref = link.ref;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("partners", "0002_unlogged_counters"),
        ("branches", "0006_nothing_stays_behind"),
    ]

    operations = [
        migrations.AddField(
            model_name="entrylink",
            name="code",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="entry_link",
                to="branches.entrycode",
                verbose_name="entry code",
            ),
        ),
        migrations.RunSQL(FILL, "delete from branches_entrycode where institution_ref is not null"),
    ]
