-- The projects, each of which gets a subscriber.
SELECT id
FROM content_creation_requests;
