-- How many accepted rows of some uploadings ended where?
-- $uploadings: their ids; links: as in standing_links.sql.
-- A row an uploading and an outcome that occurs: uploading_id, outcome, rows.
select uploading_id, outcome, count(*) as rows
from links
where uploading_id in (select unnest($uploadings))
group by uploading_id, outcome
