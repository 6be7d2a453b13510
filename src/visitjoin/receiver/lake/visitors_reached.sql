-- Which visitors do new hits reach, and from which moment on can their visits have changed?
-- all_hits: hits of one counter, those that happened since $since and some earlier ones; $done: the
-- last batch whose hits visits are made of, $newest: the last one that is looked at; $threshold: seconds.
-- The temporary table reached: a row a visitor: client_id; changed_since: when the visitor, who has
-- been there without a gap up to the first new hit, had come; is_certain: whether the hits that are
-- looked at go back far enough to know that.
create or replace temp table reached as
with

touched as (
    select client_id, min(happened_at) as first_new
    from all_hits
    where batch > $done and batch <= $newest and not robot
    group by client_id
),

followed as (
    select
        client_id,
        happened_at,
        first_new,
        lag(happened_at) over (partition by client_id order by happened_at) as last_before
    from all_hits
    join touched using (client_id)
    where not robot and batch <= $newest and happened_at >= $since
),

came as (
    select client_id, happened_at, last_before
    from followed
    where happened_at <= first_new
        and (last_before is null or happened_at - last_before > $threshold)
)

select
    client_id,
    max(happened_at) as changed_since,
    max_by(last_before is not null or happened_at - $since > $threshold, happened_at) as is_certain
from came
group by client_id
