"""Each unit's present name becomes its first dated one; hosts belong to service points alone.

The check of hosts runs at commit, from both sides: the unit that closes, and the row.
"""

from django.db import migrations

NAMES = """
insert into branches_unitname (ref, created_at, unit_id, name_zh, name_en, valid_from, valid_to)
select gen_random_uuid(), now(), id, name_zh, name_en, opened_on, closed_on
from branches_orgunit as unit
where not exists (select from branches_unitname where unit_id = unit.id);
"""

FORWARD = """
create function branches_host_changed() returns trigger language plpgsql as $$
declare
    unit branches_orgunit;
    checked bigint := case when tg_table_name = 'branches_orgunit'
        then (to_jsonb(new)->>'id')::bigint else (to_jsonb(new)->>'unit_id')::bigint end;
begin
    select * into unit from branches_orgunit where id = checked;
    if not found then
        return null;
    end if;
    if unit.kind <> 'service_point' and exists (
        select from branches_pointhost where unit_id = checked)
    then
        raise exception 'unit % is no service point', unit.code
            using errcode = 'integrity_constraint_violation',
                  constraint = 'only_a_service_point_has_a_host';
    end if;
    if unit.closed_on is not null and exists (
        select from branches_pointhost where unit_id = checked
        and (valid_to is null or valid_to > unit.closed_on))
    then
        raise exception 'unit % is closed while it has a host', unit.code
            using errcode = 'integrity_constraint_violation',
                  constraint = 'a_closed_unit_has_no_host';
    end if;
    return null;
end $$;

create constraint trigger hosts_fit_units after insert or update on branches_pointhost
    deferrable initially deferred for each row execute function branches_host_changed();
create constraint trigger closed_units_have_no_host
    after insert or update of closed_on on branches_orgunit
    deferrable initially deferred for each row when (new.closed_on is not null)
    execute function branches_host_changed();
"""

BACKWARD = """
drop trigger closed_units_have_no_host on branches_orgunit;
drop trigger hosts_fit_units on branches_pointhost;
drop function branches_host_changed();
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0011_names_hosts_reviews")]

    operations = [
        migrations.RunSQL(NAMES, migrations.RunSQL.noop),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
