-- What became of open rows of an uploading that is another outcome than the one that stands?
-- $uploading: id of the uploading; $found: what became of them now, with the columns of
-- contract.tables.LINK; $imports: of visits, that this has seen; links: what stands.
-- A row a change, with the columns of a late link.
select f.row_no, f.outcome, f.visit_id, f.linked_by, $imports::bigint as imports
from read_parquet($found) as f
join links as l on l.row_no = f.row_no
where l.uploading_id = $uploading and f.outcome <> l.outcome
