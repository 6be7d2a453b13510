-- Which conversions of an uploading may a later visit still link?
-- $uploading: id of the uploading; links: what stands (standing_links.sql).
-- A row a conversion, with the columns of contract.tables.CONVERSION.
select
    row_no, client_id, user_id, yclid, purchase_id, target, happened_at, price, currency
from conversions
semi join (
    select row_no
    from links
    where uploading_id = $uploading
        -- contract.outcomes.MAY_LINK_LATER
        and outcome in ('visitor_not_found', 'no_visit_in_window', 'before_first_visit')
) using (row_no)
where uploading_id = $uploading
