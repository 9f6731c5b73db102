"""No visit and no wait stays behind in a closed unit, no visit with a person who has left.

Checked at commit, from both sides: the unit or the departure, and the visit or the entry.
"""

from django.db import migrations

FORWARD = """
create function branches_check_visits(checked bigint) returns void language plpgsql as $$
declare unit branches_orgunit;
begin
    select * into unit from branches_orgunit where id = checked;
    if not found or unit.closed_on is null then
        return;
    end if;
    if exists (select from branches_visit where unit_id = checked
               and ended_at is null and day >= unit.closed_on)
       or exists (select from branches_waitentry where unit_id = checked
                  and ended_at is null and last_day >= unit.closed_on)
    then
        raise exception 'unit % is closed while it has a visit', unit.code
            using errcode = 'integrity_constraint_violation',
                  constraint = 'a_closed_unit_has_no_visit';
    end if;
end $$;

create function branches_visits_changed() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'branches_orgunit' then
        perform branches_check_visits(new.id);
    else
        perform branches_check_visits((to_jsonb(new)->>'unit_id')::bigint);
    end if;
    return null;
end $$;

create constraint trigger closed_units_have_no_visit
    after insert or update of closed_on on branches_orgunit
    deferrable initially deferred for each row when (new.closed_on is not null)
    execute function branches_visits_changed();
create constraint trigger visits_fit_units after insert or update on branches_visit
    deferrable initially deferred for each row when (new.ended_at is null)
    execute function branches_visits_changed();
create constraint trigger waits_fit_units after insert or update on branches_waitentry
    deferrable initially deferred for each row when (new.ended_at is null)
    execute function branches_visits_changed();

create function branches_hosts_changed() returns trigger language plpgsql as $$
declare person bigint := coalesce(
    (to_jsonb(new)->>'user_id')::bigint, (to_jsonb(new)->>'host_id')::bigint);
begin
    if exists (
        select from branches_departure as gone
        join branches_visit as visit on visit.host_id = gone.user_id
        where gone.user_id = person and gone.status = 'done'
        and visit.ended_at is null and visit.day > gone.leaves_on
    ) then
        raise exception 'a person who has left keeps a visit'
            using errcode = 'integrity_constraint_violation',
                  constraint = 'who_has_left_has_no_visit';
    end if;
    return null;
end $$;

create constraint trigger departed_hosts_have_no_visit
    after insert or update on branches_departure
    deferrable initially deferred for each row when (new.status = 'done')
    execute function branches_hosts_changed();
create constraint trigger visits_have_a_host_who_is_there
    after insert or update of host_id, status, day on branches_visit
    deferrable initially deferred for each row
    when (new.ended_at is null and new.host_id is not null)
    execute function branches_hosts_changed();
"""

BACKWARD = """
drop trigger visits_have_a_host_who_is_there on branches_visit;
drop trigger departed_hosts_have_no_visit on branches_departure;
drop function branches_hosts_changed();
drop trigger waits_fit_units on branches_waitentry;
drop trigger visits_fit_units on branches_visit;
drop trigger closed_units_have_no_visit on branches_orgunit;
drop function branches_visits_changed();
drop function branches_check_visits(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0007_visits")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
