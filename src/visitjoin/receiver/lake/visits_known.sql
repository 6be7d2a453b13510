-- How many visits of an import are there, and how many of them has the counter already?
-- One row: once, the visit ids of the import; known, those of them in the table `visits`.
select
    (select count(*) from visits_once) as once,
    (select count(*) from visits_once semi join visits using (visit_id)) as known
