-- Why were rows rejected, and where are some of them? What the mapping left out is no rejection.
-- Reads rejects. Returns, the most frequent reason first, reason, rows, row_no, line, column and value of
-- its first three rows: up to three lines for each reason.
with numbered as (
    select
        reason,
        line,
        "column",
        value,
        row_no,
        row_number() over (partition by reason order by row_no) as place,
        count(*) over (partition by reason) as rows
    from rejects
    where reason <> 'left_out'
)

select reason, rows, row_no, line, "column", value
from numbered
where place <= 3
order by rows desc, reason, row_no
