-- The app's two tables.
CREATE TABLE content_creation_requests (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    generated_output jsonb
);

CREATE TABLE generated_images (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    content_creation_request_id uuid NOT NULL REFERENCES content_creation_requests (id) ON DELETE CASCADE,
    scene_index integer NOT NULL,
    image_url text NOT NULL,
    image_index integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (content_creation_request_id, scene_index, image_index)
);

CREATE SCHEMA bench;

-- Numbers every image that is ever written; the places 0 to 3 of a scene are the seeded ones.
CREATE SEQUENCE bench.image_number START 1000;

CREATE FUNCTION bench.project_id(project integer)
RETURNS uuid
LANGUAGE sql
IMMUTABLE
RETURN md5('project ' || project)::uuid;

-- About 150 bytes. By `ts` and `n` a subscriber knows when it was written, and which one it is.
CREATE FUNCTION bench.image_url(project uuid, scene integer, number integer)
RETURNS text
LANGUAGE sql
VOLATILE
RETURN 'https://cdn.example.net/projects/' || project || '/scenes/' || scene || '/' || md5(number::text)
    || '.webp?ts=' || (extract(epoch FROM clock_timestamp()) * 1000000)::bigint || '&n=' || number;
