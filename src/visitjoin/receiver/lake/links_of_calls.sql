-- What became of the calls of an uploading? Static ones belong to no visit.
-- $calls: its conversions with the columns of contract.tables.CALL; $links: what became of the
-- dynamic ones. A row a call, with the columns of contract.tables.LINK.
select row_no, outcome, visit_id, linked_by
from read_parquet($links)
union all
select row_no, 'static_call', null, null
from read_parquet($calls)
where static_call
