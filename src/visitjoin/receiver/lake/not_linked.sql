-- Which accepted rows of an uploading were not linked, and what do they have in common?
-- $uploading: id of the uploading.
-- A row an outcome, kind and target: outcome; kind, the most specific identifier of the rows
-- (contract.identifiers), null where they have none, as chats may; target, where no goal has it, else null; rows.
select
    l.outcome,
    case
        when c.purchase_id is not null then 'PURCHASE_ID'
        when c.yclid is not null then 'YCLID'
        when c.client_id is not null then 'CLIENT_ID'
        when c.user_id is not null then 'USER_ID'
    end as kind,
    case when l.outcome = 'goal_not_found' then c.target end as target,
    count(*) as rows
from links as l
join conversions as c on c.uploading_id = l.uploading_id and c.row_no = l.row_no
where l.uploading_id = $uploading and c.uploading_id = $uploading and l.outcome != 'linked'
group by all
order by rows desc, l.outcome, kind, target
