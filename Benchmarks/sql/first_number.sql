-- The images of a run are numbered from here on; those of the seed have lower numbers.
SELECT nextval('bench.image_number');
