-- Lets the daemon's role act as another one, in whose name it then asks and writes; without having that one's rights as
-- its own. The owner has to be allowed to give that role away.
CREATE OR REPLACE PROCEDURE scene_sync.grant_role(role_name name, daemon name)
LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp
AS $$
DECLARE
    is_member boolean;
    inherits boolean;
BEGIN
    IF EXISTS (SELECT FROM pg_roles AS found WHERE found.rolname = role_name AND found.rolsuper) THEN
        RAISE EXCEPTION 'the role % is a superuser, as which no token''s bearer may act', role_name
            USING ERRCODE = 'insufficient_privilege';
    END IF;
    IF current_setting('server_version_num')::integer >= 160000 THEN
        EXECUTE format('GRANT %I TO %I WITH INHERIT FALSE, SET TRUE', role_name, daemon);
        RETURN;
    END IF;
    SELECT found.rolinherit INTO inherits FROM pg_roles AS found WHERE found.rolname = daemon;
    is_member := EXISTS (
        SELECT
        FROM pg_auth_members AS membership
        JOIN pg_roles AS given ON given.oid = membership.roleid
        JOIN pg_roles AS member ON member.oid = membership.member
        WHERE given.rolname = role_name
            AND member.rolname = daemon
    );
    IF inherits THEN
        EXECUTE format('ALTER ROLE %I NOINHERIT', daemon);
    END IF;
    IF NOT is_member THEN
        EXECUTE format('GRANT %I TO %I', role_name, daemon);
    END IF;
END;
$$;

REVOKE ALL ON PROCEDURE scene_sync.grant_role(name, name) FROM PUBLIC;
