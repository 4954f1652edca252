-- One row is one image of a project, at its place (scene_index, image_index). Each save is a row of its
-- own, so that saves which run at the same time cannot overwrite each other. Where the app has made the
-- table before, nothing happens here.
CREATE TABLE IF NOT EXISTS public.generated_images (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    content_creation_request_id uuid NOT NULL
        REFERENCES public.content_creation_requests (id) ON DELETE CASCADE,
    scene_index integer NOT NULL,
    image_url text NOT NULL,
    image_index integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    -- Never DEFERRABLE: the lock on this key is what puts the changes of one place in order.
    UNIQUE (content_creation_request_id, scene_index, image_index)
);
