-- Why were rows of a checked table rejected, and what are examples?
-- $file: the Parquet file of the rejects; $most: examples of a reason at most.
-- A row a reason: reason, rows, and examples: a list of line, column and value.
select
    reason,
    count(*) as rows,
    list(
        struct_pack(line := line, "column" := "column", value := left(value, 60))
        order by row_no
    )[:$most] as examples
from read_parquet($file)
where reason != 'left_out'
group by reason
order by rows desc, reason
