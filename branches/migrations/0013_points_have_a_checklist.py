"""Service points have a procedure, and give something only while they stand at an institution.

The check runs at commit, from both sides: the service, and the place that is given up.
"""

from django.db import migrations, models

FORWARD = """
create function branches_point_service_changed() returns trigger language plpgsql as $$
declare
    checked bigint := (to_jsonb(new)->>'unit_id')::bigint;
    code text;
begin
    select unit.code into code from branches_orgunit as unit
    where unit.id = checked and unit.kind = 'service_point' and exists (
        select from branches_unitservice as given
        where given.unit_id = unit.id
        and (given.valid_to is null or given.valid_to > given.valid_from)
        and not coalesce((
            select range_agg(daterange(host.valid_from, host.valid_to))
            from branches_pointhost as host where host.unit_id = unit.id
        ) @> daterange(given.valid_from, given.valid_to), false));
    if found then
        raise exception 'point % gives a service while it stands at no institution', code
            using errcode = 'integrity_constraint_violation',
                  constraint = 'a_point_gives_services_at_its_host';
    end if;
    return null;
end $$;

create constraint trigger points_give_services_at_their_host
    after insert or update on branches_unitservice
    deferrable initially deferred for each row execute function branches_point_service_changed();
create constraint trigger services_end_with_their_host
    after update on branches_pointhost
    deferrable initially deferred for each row execute function branches_point_service_changed();
"""

BACKWARD = """
drop trigger services_end_with_their_host on branches_pointhost;
drop trigger points_give_services_at_their_host on branches_unitservice;
drop function branches_point_service_changed();
"""

KINDS = ["opening", "relocation", "closing", "type_change"]
STATUSES = ["running", "done", "cancelled"]


def known(kinds):
    """The constraint that a procedure is of one of these kinds."""
    return models.CheckConstraint(
        condition=models.Q(("kind__in", kinds), ("status__in", STATUSES)),
        name="a_procedure_is_of_a_known_kind",
    )


class Migration(migrations.Migration):
    dependencies = [("branches", "0012_names_and_hosts_fit_units")]

    operations = [
        migrations.RemoveConstraint(
            model_name="unitprocedure", name="a_procedure_is_of_a_known_kind"
        ),
        migrations.AlterField(
            model_name="unitprocedure",
            name="kind",
            field=models.CharField(
                choices=[
                    ("opening", "Opening"),
                    ("relocation", "Relocation"),
                    ("closing", "Closing"),
                    ("type_change", "Change of type"),
                    ("point", "Opening of a service point"),
                ],
                max_length=12,
                verbose_name="procedure",
            ),
        ),
        migrations.AddConstraint(model_name="unitprocedure", constraint=known([*KINDS, "point"])),
        migrations.RunSQL(FORWARD, BACKWARD),
    ]
