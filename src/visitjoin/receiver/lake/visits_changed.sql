-- Which visits are other ones than before, and which are no longer any?
-- visits_before, visits_now: of the same visitors, with the columns of contract.tables.VISIT.
-- The temporary table visits_changed: the rows that are to be there now; spoken_of: visit_id and
-- started_at of all visits that are not to stay as they were.
create temp table visits_changed as
select * from visits_now
except
select * from visits_before;

create temp table spoken_of as
select visit_id, started_at from visits_changed
union
select visit_id, started_at from visits_before
anti join visits_now using (visit_id)
