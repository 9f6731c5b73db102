"""Nothing stays behind in a closed unit or with a person who has left: checks at commit.

The first check of migration 0002 keeps units below and staff; this one keeps customers, codes,
brokers, the licence and the dated facts. Bookings have a check of their own beside their table.
"""

from django.db import migrations

FORWARD = """
create function branches_check_empty(checked bigint) returns void language plpgsql as $$
declare
    unit branches_orgunit;
    midnight timestamptz;
    rest text;
begin
    select * into unit from branches_orgunit where id = checked;
    if not found or unit.closed_on is null then
        return;
    end if;
    midnight := unit.closed_on::timestamp at time zone 'Asia/Shanghai';
    select what into rest from (
        select 'a customer' as what where exists (
            select from customers_customer
            where home_outlet_ref = unit.ref and closed_at is null)
        union all select 'a code' where exists (
            select from branches_entrycode
            where unit_id = checked and ended_at is null and ends_at > midnight)
        union all select 'a broker' where exists (
            select from branches_broker where unit_id = checked and valid_to > unit.closed_on)
        union all select 'a licence' where exists (
            select from branches_unitlicence where unit_id = checked
            and (valid_to is null or valid_to > unit.closed_on))
        union all select 'an address' where exists (
            select from branches_unitprofile where unit_id = checked
            and (valid_to is null or valid_to > unit.closed_on))
        union all select 'a service' where exists (
            select from branches_unitservice where unit_id = checked
            and (valid_to is null or valid_to > unit.closed_on))
        union all select 'opening hours' where exists (
            select from branches_openinghours where unit_id = checked
            and (valid_to is null or valid_to > unit.closed_on))
    ) as found limit 1;
    if rest is not null then
        raise exception 'unit % is closed while it has %', unit.code, rest
            using errcode = 'integrity_constraint_violation',
                  constraint = 'a_closed_unit_is_empty';
    end if;
end $$;

create function branches_facts_changed() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'branches_orgunit' then
        perform branches_check_empty(new.id);
    elsif tg_table_name = 'customers_customer' then
        perform branches_check_empty(id) from branches_orgunit
        where ref = (to_jsonb(new)->>'home_outlet_ref')::uuid;
    else
        perform branches_check_empty((to_jsonb(new)->>'unit_id')::bigint);
    end if;
    return null;
end $$;

create constraint trigger closed_units_are_empty
    after insert or update of closed_on on branches_orgunit
    deferrable initially deferred for each row when (new.closed_on is not null)
    execute function branches_facts_changed();
create constraint trigger customers_have_an_open_outlet
    after insert or update of home_outlet_ref on customers_customer
    deferrable initially deferred for each row when (new.home_outlet_ref is not null)
    execute function branches_facts_changed();
create constraint trigger codes_fit_units after insert or update on branches_entrycode
    deferrable initially deferred for each row when (new.unit_id is not null)
    execute function branches_facts_changed();
create constraint trigger brokers_fit_units after insert or update on branches_broker
    deferrable initially deferred for each row execute function branches_facts_changed();
create constraint trigger licences_fit_units after insert or update on branches_unitlicence
    deferrable initially deferred for each row execute function branches_facts_changed();
create constraint trigger profiles_fit_units after insert or update on branches_unitprofile
    deferrable initially deferred for each row execute function branches_facts_changed();
create constraint trigger services_fit_units after insert or update on branches_unitservice
    deferrable initially deferred for each row execute function branches_facts_changed();
create constraint trigger hours_fit_units after insert or update on branches_openinghours
    deferrable initially deferred for each row execute function branches_facts_changed();

create function branches_check_departure(person bigint) returns void language plpgsql as $$
declare
    last_day date;
    rest text;
begin
    select leaves_on into last_day from branches_departure
    where user_id = person and status = 'done';
    if not found then
        return;
    end if;
    select what into rest from (
        select 'a role' as what where exists (
            select from branches_staffassignment where user_id = person
            and valid_to is distinct from valid_from
            and (valid_to is null or valid_to > last_day))
        union all select 'a code' where exists (
            select from branches_entrycode where person_id = person and ended_at is null
            and ends_at > last_day::timestamp at time zone 'Asia/Shanghai')
        union all select 'a licence' where exists (
            select from branches_licence where user_id = person
            and valid_to is distinct from valid_from
            and (valid_to is null or valid_to > last_day))
    ) as found limit 1;
    if rest is not null then
        raise exception 'a person who has left keeps %', rest
            using errcode = 'integrity_constraint_violation',
                  constraint = 'who_leaves_leaves_nothing_behind';
    end if;
end $$;

create function branches_person_changed() returns trigger language plpgsql as $$
begin
    perform branches_check_departure(
        coalesce((to_jsonb(new)->>'user_id')::bigint, (to_jsonb(new)->>'person_id')::bigint));
    return null;
end $$;

create constraint trigger departures_are_complete after insert or update on branches_departure
    deferrable initially deferred for each row when (new.status = 'done')
    execute function branches_person_changed();
create constraint trigger roles_end_with_departures
    after insert or update on branches_staffassignment
    deferrable initially deferred for each row execute function branches_person_changed();
create constraint trigger codes_end_with_departures after insert or update on branches_entrycode
    deferrable initially deferred for each row when (new.person_id is not null)
    execute function branches_person_changed();
create constraint trigger licences_end_with_departures after insert or update on branches_licence
    deferrable initially deferred for each row execute function branches_person_changed();
"""

BACKWARD = """
drop trigger licences_end_with_departures on branches_licence;
drop trigger codes_end_with_departures on branches_entrycode;
drop trigger roles_end_with_departures on branches_staffassignment;
drop trigger departures_are_complete on branches_departure;
drop function branches_person_changed();
drop function branches_check_departure(bigint);
drop trigger hours_fit_units on branches_openinghours;
drop trigger services_fit_units on branches_unitservice;
drop trigger profiles_fit_units on branches_unitprofile;
drop trigger licences_fit_units on branches_unitlicence;
drop trigger brokers_fit_units on branches_broker;
drop trigger codes_fit_units on branches_entrycode;
drop trigger customers_have_an_open_outlet on customers_customer;
drop trigger closed_units_are_empty on branches_orgunit;
drop function branches_facts_changed();
drop function branches_check_empty(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("branches", "0005_codes_procedures"),
        ("customers", "__first__"),
    ]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
