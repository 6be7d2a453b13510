-- Which conversions are there, and which are on their way into the lake?
-- in_lake: the rows in the lake; waiting: those of uploadings that are not there yet.
-- The view conversions: a row a conversion, with the columns of in_lake; of waiting ones the
-- uploading_id is null.
create view conversions as
from in_lake
union all by name
from waiting
