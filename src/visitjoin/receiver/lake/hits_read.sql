-- What hits are in a journal, in the columns of a hit and each once?
-- $journal: its file; journal_robots: user_agent, of those in it that are robots'.
-- A hit without an id of its own is known by all that was sent and its second: sent twice within one
-- second it counts once. Of the same hit several times the one that came first counts.
-- The temporary table arrived: counter_id and the columns of contract.tables.HIT but `batch`.
create temp table arrived as
with named as (
    select * replace (
        coalesce(
            hit_id,
            md5([
                "type", happened_at::varchar, url, referrer, title, goal, value, currency, params,
                "action", purchase_id, revenue, coupon, products
            ]::varchar)
        ) as hit_id
    )
    from journal
)

select
    counter_id,
    client_id,
    hit_id,
    "type",
    happened_at,
    received_ms,
    coalesce(user_agent in (select user_agent from journal_robots), false) as robot,
    url,
    referrer,
    title,
    goal,
    try_cast(value as decimal(18, 6)) as value,
    currency,
    params,
    user_id,
    screen,
    "action",
    purchase_id,
    try_cast(revenue as decimal(18, 6)) as revenue,
    coupon,
    products
from named
qualify row_number() over (partition by counter_id, client_id, hit_id order by received_ms, url) = 1
