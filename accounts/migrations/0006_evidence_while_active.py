"""Which evidence of an application is missing, and a trigger that refuses to commit without it.

A table of accounts attaches it (docs/opening-evidence.md):
    CREATE CONSTRAINT TRIGGER … AFTER INSERT OR UPDATE ON … DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.status = 'active') EXECUTE FUNCTION accounts_needs_evidence();
"""

from django.db import migrations

FORWARD = """
CREATE FUNCTION accounts_missing_evidence(application bigint) RETURNS text[]
LANGUAGE sql STABLE AS $$
  SELECT array_remove(ARRAY[
    CASE WHEN NOT EXISTS (SELECT FROM accounts_outsidecheck c WHERE c.application_id = application
      AND c.kind = 'identity' AND c.status = 'answered' AND c.result = 'match')
      THEN 'identity' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_witnessing w WHERE w.application_id = application
      AND w.status = 'complete') THEN 'recording' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_pack p WHERE p.application_id = application
      AND p.status = 'sealed') THEN 'agreements' END,
    CASE WHEN (SELECT count(*) FROM accounts_pin n JOIN accounts_application a
      ON a.customer_id = n.customer_id WHERE a.id = application) < 2 THEN 'passwords' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_application a JOIN suitability_assessment s
      ON s.id = a.assessment_id WHERE a.id = application AND s.confirmed_at IS NOT NULL)
      THEN 'assessment' END,
    CASE WHEN NOT EXISTS (SELECT FROM accounts_application a WHERE a.id = application
      AND a.recommended_by_id <> a.decided_by_id) THEN 'review' END
  ], NULL)
$$;
CREATE FUNCTION accounts_needs_evidence() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE missing text[] := accounts_missing_evidence(NEW.application_id);
BEGIN
  IF cardinality(missing) > 0 THEN
    RAISE EXCEPTION 'no active account without its evidence: %', array_to_string(missing, ', ')
      USING ERRCODE = 'check_violation', CONSTRAINT = 'no_active_account_without_evidence';
  END IF;
  RETURN NULL;
END
$$;
"""
BACKWARD = """
DROP FUNCTION accounts_needs_evidence();
DROP FUNCTION accounts_missing_evidence(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_recordings"),
        ("suitability", "0001_initial"),
    ]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
