-- How many accepted rows of an uploading ended where?
-- $uploading: id of the uploading; links: as in standing_links.sql.
-- A row an outcome that occurs: outcome, rows.
select outcome, count(*) as rows
from links
where uploading_id = $uploading
group by outcome
