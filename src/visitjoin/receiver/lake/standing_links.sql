-- What became of conversions, with what late visits changed?
-- first_links: of every conversion, what became of it at the first time; late_links: changes.
-- A link that was found stands: of the changes of a row the first one that links, else the newest.
-- The view links: a row a conversion: uploading_id and the columns of contract.tables.LINK.
create view links as
with late as (
    select
        uploading_id,
        row_no,
        max_by(
            struct_pack(outcome := outcome, visit_id := visit_id, linked_by := linked_by),
            case when outcome = 'linked' then 9e18::bigint - imports else imports end
        ) as word
    from late_links
    group by uploading_id, row_no
)

select uploading_id, row_no, outcome, visit_id, linked_by
from first_links
anti join late using (uploading_id, row_no)
union all
select uploading_id, row_no, word.outcome, word.visit_id, word.linked_by
from late
