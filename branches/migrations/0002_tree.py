"""Triggers that keep the tree true: kinds under kinds, no circle, its closure, its dates.

The table of kinds is that of branches.states.PARENTS; a test compares them.
"""

from django.db import migrations

FORWARD = """
create function branches_redraw_lines(moved bigint) returns void language plpgsql as $$
declare affected bigint[];
begin
    -- one writer of the tree at a time, so that two moves cannot make a circle together
    perform pg_advisory_xact_lock(hashtext('branches_line'));
    select array_agg(distinct unit) into affected from (
        select moved union all select descendant_id from branches_line where ancestor_id = moved
    ) as under(unit);
    delete from branches_line where descendant_id = any(affected);
    insert into branches_line (ancestor_id, descendant_id, depth, valid)
    with recursive up(descendant, ancestor, depth, valid) as (
        select unit, unit, 0, '(,)'::daterange from unnest(affected) as unit
        union all
        select up.descendant, place.parent_id, up.depth + 1,
               up.valid * daterange(place.valid_from, place.valid_to)
        from up join branches_placement as place on place.unit_id = up.ancestor
        where up.valid && daterange(place.valid_from, place.valid_to) and up.depth < 12
    )
    select ancestor, descendant, depth, valid from up;
    if exists (select from branches_line
               where descendant_id = any(affected) and ancestor_id = descendant_id and depth > 0)
    then
        raise exception 'unit % would stand under itself', moved
            using errcode = 'integrity_constraint_violation',
                  constraint = 'the_tree_has_no_circle';
    end if;
end $$;

create function branches_unit_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'DELETE' then
        delete from branches_line where ancestor_id = old.id or descendant_id = old.id;
        return old;
    end if;
    perform branches_redraw_lines(new.id);
    return null;
end $$;
create trigger a_new_unit_has_its_line after insert on branches_orgunit
    for each row execute function branches_unit_changed();
create trigger a_deleted_unit_loses_its_lines before delete on branches_orgunit
    for each row execute function branches_unit_changed();

create function branches_placement_changed() returns trigger language plpgsql as $$
declare pair text;
begin
    if tg_op <> 'DELETE' then
        select unit.kind || ' under ' || parent.kind into pair
        from branches_orgunit as unit, branches_orgunit as parent
        where unit.id = new.unit_id and parent.id = new.parent_id;
        if pair is not null and pair not in (
            'department under head_office', 'department under department',
            'branch_company under head_office', 'outlet under branch_company',
            'service_point under branch_company', 'service_point under outlet'
        ) then
            raise exception 'the tree has no %', pair
                using errcode = 'integrity_constraint_violation',
                      constraint = 'a_unit_stands_under_the_right_kind';
        end if;
    end if;
    if tg_op <> 'INSERT' then
        perform branches_redraw_lines(old.unit_id);
    end if;
    if tg_op <> 'DELETE' then
        perform branches_redraw_lines(new.unit_id);
    end if;
    return null;
end $$;
create trigger a_move_redraws_the_lines after insert or update or delete on branches_placement
    for each row execute function branches_placement_changed();

create function branches_check_dates(checked bigint) returns void language plpgsql as $$
declare
    unit branches_orgunit;
    life daterange;
    placed datemultirange;
begin
    select * into unit from branches_orgunit where id = checked;
    if not found then
        return;
    end if;
    life := daterange(unit.opened_on, unit.closed_on);
    select coalesce(range_agg(daterange(valid_from, valid_to)), '{}') into placed
    from branches_placement where unit_id = checked;
    if (unit.kind = 'head_office') <> isempty(placed)
        or (unit.kind <> 'head_office' and not placed @> life)
    then
        raise exception 'unit % has no place in the tree for all of its life', unit.code
            using errcode = 'integrity_constraint_violation',
                  constraint = 'all_but_head_office_have_a_place';
    end if;
    if exists (select from branches_placement where parent_id = checked
               and not life @> daterange(valid_from, valid_to))
        or exists (select from branches_staffassignment where unit_id = checked
                   and not life @> daterange(valid_from, valid_to))
    then
        raise exception 'unit % is closed while people or units still belong to it', unit.code
            using errcode = 'integrity_constraint_violation',
                  constraint = 'a_closed_unit_is_empty';
    end if;
end $$;

create function branches_dates_changed() returns trigger language plpgsql as $$
begin
    if tg_table_name = 'branches_orgunit' then
        perform branches_check_dates(new.id);
        return null;
    end if;
    if tg_op <> 'INSERT' then
        perform branches_check_dates(old.unit_id);
    end if;
    if tg_op <> 'DELETE' then
        perform branches_check_dates(new.unit_id);
        if tg_table_name = 'branches_placement' then
            perform branches_check_dates((to_jsonb(new)->>'parent_id')::bigint);
        end if;
    end if;
    return null;
end $$;
create constraint trigger units_have_a_place after insert or update on branches_orgunit
    deferrable initially deferred for each row execute function branches_dates_changed();
create constraint trigger places_fit_units after insert or update or delete on branches_placement
    deferrable initially deferred for each row execute function branches_dates_changed();
create constraint trigger staff_fits_units after insert or update on branches_staffassignment
    deferrable initially deferred for each row execute function branches_dates_changed();
"""

BACKWARD = """
drop trigger staff_fits_units on branches_staffassignment;
drop trigger places_fit_units on branches_placement;
drop trigger units_have_a_place on branches_orgunit;
drop trigger a_move_redraws_the_lines on branches_placement;
drop trigger a_deleted_unit_loses_its_lines on branches_orgunit;
drop trigger a_new_unit_has_its_line on branches_orgunit;
drop function branches_dates_changed();
drop function branches_check_dates(bigint);
drop function branches_placement_changed();
drop function branches_unit_changed();
drop function branches_redraw_lines(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("branches", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
