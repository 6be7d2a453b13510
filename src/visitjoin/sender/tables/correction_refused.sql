-- The corrections in batches that the server refused were not made.
--
-- Changes corrections; reads
--         leaving  the answer of leaving_corrected.sql
--         parts    as in parts.sql
--
-- refused: the numbers of the batches.
update corrections
set state = 'refused'
where
    row_no in (
        select leaving.row_no
        from leaving
        inner join parts
            on
                leaving.row_no between parts.first_row and parts.last_row
                and (parts.kind is null or parts.kind = leaving.kind)
        where parts.batch_no in (select unnest($refused::integer[]))
    )
