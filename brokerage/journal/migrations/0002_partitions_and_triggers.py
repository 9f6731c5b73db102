"""Entries and seals are insert-only, written by one function, into partitions made ahead of time.

TRUNCATE fires no row trigger and is not inherited by partitions, so each partition gets its own.
There is no default partition: a row without a place fails loudly instead of hiding in one. The
function runs with its owner's rights, because the role of the running system may not create tables.
"""

from django.db import migrations

REFUSE = """
CREATE FUNCTION journal_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: the journal is insert-only', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON journal_entry
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON journal_entry
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON journal_seal
    FOR EACH ROW EXECUTE FUNCTION journal_refuse_change();
CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON journal_seal
    FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change();
"""

ALLOW = """
DROP TRIGGER refuse_truncate ON journal_seal;
DROP TRIGGER refuse_change ON journal_seal;
DROP TRIGGER refuse_truncate ON journal_entry;
DROP TRIGGER refuse_change ON journal_entry;
DROP FUNCTION journal_refuse_change() CASCADE;
"""

# A partition is made beside the table and then attached: that needs no lock that writers wait for.
PARTITIONS = """
CREATE FUNCTION journal_add_partitions(ahead integer DEFAULT 2)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '3s' AS $$
DECLARE
    size CONSTANT bigint := 20000000;  -- ids of a partition; never change it
    reached bigint;
    child text;
    made integer := 0;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('journal_add_partitions'));
    SELECT last_value INTO reached FROM journal_entry_id_seq;
    FOR n IN reached / size .. reached / size + least(ahead, 10) LOOP
        child := 'journal_entry_p' || lpad(n::text, 5, '0');
        CONTINUE WHEN to_regclass(child) IS NOT NULL;
        EXECUTE format(
            'CREATE TABLE %I (LIKE journal_entry INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', child);
        EXECUTE format(
            'ALTER TABLE journal_entry ATTACH PARTITION %I FOR VALUES FROM (%s) TO (%s)',
            child, n * size, (n + 1) * size);
        EXECUTE format(
            'CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON %I '
            'FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse_change()', child);
        made := made + 1;
    END LOOP;
    RETURN made;
END $$;
SELECT journal_add_partitions();
"""

NO_PARTITIONS = """
DROP FUNCTION journal_add_partitions(integer);
"""

# The head row's lock makes versions follow the order of commits, for one object only. It is taken
# before the id is drawn, so ids of one object grow with its versions, and a transaction has its
# number before it draws an id, which sealing relies on.
RECORD = """
CREATE FUNCTION journal_record(
    _ref uuid, _kind text, _subject_type text, _subject_ref uuid, _actor_kind text,
    _actor_ref uuid, _actor_name text, _on_behalf_of uuid, _reason text, _rule_version text,
    _payload jsonb, _before jsonb, _after jsonb, _request_id text, _channel text, _address text,
    _at timestamptz, _subscribers text[],
    OUT _id bigint, OUT _version integer, OUT _recorded_at timestamptz
) LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO journal_head AS head (subject_ref, subject_type, version)
    VALUES (_subject_ref, _subject_type, 1)
    ON CONFLICT (subject_ref, subject_type) DO UPDATE SET version = head.version + 1
    RETURNING version INTO _version;

    INSERT INTO journal_entry (
        ref, kind, subject_type, subject_ref, version, actor_kind, actor_ref, actor_name,
        on_behalf_of, reason, rule_version, payload, before, after,
        request_id, channel, address, at)
    VALUES (
        _ref, _kind, _subject_type, _subject_ref, _version, _actor_kind, _actor_ref, _actor_name,
        _on_behalf_of, _reason, _rule_version, _payload, _before, _after,
        _request_id, _channel, _address, _at)
    RETURNING id, recorded_at INTO _id, _recorded_at;

    INSERT INTO journal_delivery (
        entry_id, subscriber, subject_type, subject_ref, version, state, attempts, last_error)
    SELECT _id, subscriber, _subject_type, _subject_ref, _version, 'pending', 0, ''
    FROM unnest(_subscribers) AS subscriber;
END $$;
"""

NO_RECORD = "DROP FUNCTION journal_record"


class Migration(migrations.Migration):
    dependencies = [("journal", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, ALLOW),
        migrations.RunSQL(PARTITIONS, NO_PARTITIONS),
        migrations.RunSQL(RECORD, NO_RECORD),
        # Every write updates its object's head: leave room on the page, so no index is touched.
        migrations.RunSQL(
            "ALTER TABLE journal_head SET (fillfactor = 70)",
            "ALTER TABLE journal_head RESET (fillfactor)",
        ),
    ]
