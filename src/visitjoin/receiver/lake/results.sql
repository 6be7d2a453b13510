-- What did the linked conversions of some days bring: by source, by goal, by day, by days waited?
-- $unfinished: ids of the uploadings whose rows do not count yet. standing: as in standing.sql;
-- visits; days: day, and its starts and ends in Unix seconds, the end left out.
-- A row a question, name and currency: by, `source`, `target`, `day` or `lag`; name, the traffic
-- source or '', the Target, the day, the days between visit and conversion; currency, '' where none
-- is known; conversions; revenue.
with linked as materialized (
    select
        coalesce(v.traffic_source, '') as source,
        s.target,
        d.day,
        -- A click may have its visit after the conversion: then none has waited.
        greatest((s.happened_at - v.started_at) // 86400, 0) as lag,
        coalesce(s.currency, '') as currency,
        s.price
    from standing($unfinished) as s
    join days as d on s.happened_at >= d.starts and s.happened_at < d.ends
    join visits as v on v.visit_id = s.visit_id
),

asked as (
    select 'source' as "by", source as name, currency, price from linked
    union all
    select 'target', target, currency, price from linked
    union all
    select 'day', day, currency, price from linked
    union all
    select 'lag', lag::varchar, currency, price from linked
)

select "by", name, currency, count(*) as conversions, coalesce(sum(price), 0) as revenue
from asked
group by all
order by all
