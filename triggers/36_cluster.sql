-- Names the cluster that transaction ids are of: 16 hexadecimal digits.
CREATE OR REPLACE FUNCTION scene_sync.cluster()
RETURNS text
LANGUAGE sql
STABLE
SECURITY DEFINER
SET search_path = pg_catalog, pg_temp
AS $$
    SELECT left(encode(sha256(convert_to(control.system_identifier::text, 'UTF8')), 'hex'), 16)
    FROM pg_control_system() AS control;
$$;

REVOKE ALL ON FUNCTION scene_sync.cluster() FROM PUBLIC;
