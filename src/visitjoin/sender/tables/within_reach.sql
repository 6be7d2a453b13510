-- Which of the rows of not_found.sql can still link? In the order and the columns of the file.
-- cut_off: Unix seconds, UTC.
select * exclude (happened_at, row_no)
from not_found
where happened_at >= $cut_off
order by row_no
