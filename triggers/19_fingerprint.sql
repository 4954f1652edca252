-- Which versions of which rows a project is made of: the same text means the same contents, whoever wrote them and
-- whether a trigger fired. It costs little, since no document and no URL is read. A version is named by its table, its
-- place there and the transaction that made it; a place is taken again by a later transaction only. Written to be inlined.
CREATE OR REPLACE FUNCTION scene_sync.fingerprint(project uuid)
RETURNS TABLE (print text)
LANGUAGE sql
STABLE
AS $$
    SELECT encode(
        sha256(
            convert_to(
                concat_ws(
                    ' ',
                    request.tableoid,
                    request.ctid,
                    request.xmin,
                    image.rows,
                    image.hash,
                    deletion.list
                ),
                'UTF8'
            )
        ),
        'hex'
    )
    FROM (
        SELECT fingerprint.project AS id
    ) AS asked
    LEFT JOIN public.content_creation_requests AS request ON request.id = asked.id
    CROSS JOIN LATERAL (
        SELECT
            count(*) AS rows,
            bit_xor(hashtextextended(concat_ws(' ', row.tableoid, row.ctid, row.xmin), 0)) AS hash
        FROM public.generated_images AS row
        WHERE row.content_creation_request_id = asked.id
    ) AS image
    CROSS JOIN LATERAL (
        SELECT string_agg(newest.scene || ':' || newest.n, ',' ORDER BY newest.scene) AS list
        FROM scene_sync.lost(asked.id) AS newest
    ) AS deletion;
$$;

REVOKE ALL ON FUNCTION scene_sync.fingerprint(uuid) FROM PUBLIC;
