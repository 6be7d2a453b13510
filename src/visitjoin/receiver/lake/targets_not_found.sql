-- Which Targets of an uploading reach no goal?
-- $uploading: id of the uploading; $after, $upto: row numbers, the first left out, the last not.
-- A row a Target: target.
select distinct c.target
from links as l
join conversions as c on c.uploading_id = l.uploading_id and c.row_no = l.row_no
where l.outcome = 'goal_not_found'
    and l.uploading_id = $uploading and l.row_no > $after and l.row_no <= $upto
    and c.uploading_id = $uploading and c.row_no > $after and c.row_no <= $upto
