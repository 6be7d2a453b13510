-- How many accepted rows of an uploading ended where?
-- $uploading: id of the uploading.
-- A row an outcome that occurs: outcome, rows.
select outcome, count(*) as rows
from links
where uploading_id = $uploading
group by outcome
