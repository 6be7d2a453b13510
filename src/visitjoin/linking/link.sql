-- Which visit, if any, does each conversion belong to?
--
-- Reads   conversions  row_no, client_id, user_id, yclid, purchase_id, target, happened_at
--         visits       visit_id, client_id, user_id, started_at, yclid
--         purchases    purchase_id, visit_id, started_at: one row for each purchase of a visit
--         targets      target: those that reach a goal, each once
--         terms        cut_off: the earliest start of a visit that still counts
-- All moments are Unix seconds, UTC. A visit that starts at the cut-off still counts.
--
-- Returns one row for each conversion: row_no, outcome, visit_id, linked_by.
--
-- Written in what DuckDB, Spark SQL and ClickHouse share, so that a cluster can run it as it is:
-- no as-of join, no list or struct, no function of one engine. The kinds of identifier are
-- numbered from the most specific: 1 PurchaseId, 2 Yclid, 3 ClientId, 4 UserId.

with

-- The same identifiers, target and moment again are the same conversion: its last row counts.
-- A row without any identifier, as a chat may be, is of somebody else than the next one.
-- The maximum has a name of its own: ClickHouse looks among the names of the result first.
counted as (
    select
        max(row_no) as last_row_no, client_id, user_id, yclid, purchase_id, target, happened_at
    from conversions
    group by
        client_id, user_id, yclid, purchase_id, target, happened_at,
        case when coalesce(client_id, user_id, yclid, purchase_id) is null then row_no end
),

reaching as (
    select last_row_no as row_no, client_id, user_id, yclid, purchase_id, happened_at
    from counted
    where target in (select target from targets)
),

sought as (
    select row_no, 1 as kind, purchase_id as identifier, happened_at
    from reaching where purchase_id is not null
    union all
    select row_no, 2 as kind, yclid as identifier, happened_at
    from reaching where yclid is not null
    union all
    select row_no, 3 as kind, client_id as identifier, happened_at
    from reaching where client_id is not null
    union all
    select row_no, 4 as kind, user_id as identifier, happened_at
    from reaching where user_id is not null
),

-- Each identifier that is sought gets a number: sorting by numbers is what makes this fast.
visitors as (
    select kind, identifier, min(row_no) * 5 + kind as visitor
    from sought
    group by kind, identifier
),

-- A UserId stands for every ClientID that was ever seen with it.
signed_in as (
    select visitors.visitor, visits.client_id, visits.started_at, visits.visit_id
    from visits
    inner join visitors on visitors.identifier = visits.user_id
    where visitors.kind = 4
),

clients as (
    select visitor, identifier as client_id
    from visitors
    where kind = 3
    union all
    select distinct visitor, client_id
    from signed_in
    where client_id is not null
),

-- Visits of anybody else are left out here, before anything is sorted.
seen as (
    select clients.visitor, visits.started_at, visits.visit_id
    from visits
    inner join clients on clients.client_id = visits.client_id
    union all
    select visitor, started_at, visit_id
    from signed_in
    where client_id is null
    union all
    select visitors.visitor, visits.started_at, visits.visit_id
    from visits
    inner join visitors on visitors.identifier = visits.yclid
    where visitors.kind = 2
    union all
    select visitors.visitor, purchases.started_at, purchases.visit_id
    from purchases
    inner join visitors on visitors.identifier = purchases.purchase_id
    where visitors.kind = 1
),

-- Visits and conversions of a visitor in one line of time. A visit that starts in the second of
-- the conversion stands before it, as it started at or before it.
events as (
    select visitor, started_at as moment, 0 as is_conversion, started_at, 0 as row_no, 0 as kind
    from seen
    union all
    select
        visitors.visitor,
        sought.happened_at as moment,
        1 as is_conversion,
        null as started_at,
        sought.row_no,
        sought.kind
    from sought
    inner join visitors
        on visitors.kind = sought.kind and visitors.identifier = sought.identifier
),

placed as (
    select
        visitor,
        is_conversion,
        row_no,
        kind,
        max(started_at) over (
            partition by visitor order by moment, is_conversion
            rows between unbounded preceding and current row
        ) as newest_before
    from events
),

firsts as (
    select visitor, min(started_at) as started_at
    from seen
    group by visitor
),

-- A purchase or a click names one visit, the first that carried it, whenever the conversion was.
chosen as (
    select
        placed.row_no,
        placed.kind,
        placed.visitor,
        firsts.visitor is not null as is_known,
        case when placed.kind <= 2 then firsts.started_at else placed.newest_before end
            as started_at
    from placed
    left join firsts on firsts.visitor = placed.visitor
    where placed.is_conversion = 1
),

-- Places from 1 link, those from 11 know the visitor, those from 21 know nobody.
ranked as (
    select
        chosen.row_no,
        chosen.kind,
        chosen.visitor,
        chosen.started_at,
        case
            when chosen.started_at >= terms.cut_off then chosen.kind
            when chosen.is_known then chosen.kind + 10
            else chosen.kind + 20
        end as place
    from chosen
    cross join terms
),

-- The most specific identifier that links; else the most specific one that is known.
best as (
    select row_no, min(place) as place
    from ranked
    group by row_no
),

judged as (
    select
        ranked.row_no,
        ranked.kind,
        ranked.visitor,
        ranked.started_at,
        case
            when ranked.place <= 10 then 'linked'
            when ranked.place > 20 then 'visitor_not_found'
            when ranked.started_at is null then 'before_first_visit'
            else 'no_visit_in_window'
        end as outcome
    from ranked
    inner join best on best.row_no = ranked.row_no and best.place = ranked.place
),

-- Of two visits that start in one second the larger visit_id is the newer one.
visit_of as (
    select
        judged.row_no,
        coalesce(
            min(case when judged.kind <= 2 then seen.visit_id end),
            max(case when judged.kind > 2 then seen.visit_id end)
        ) as visit_id
    from judged
    inner join seen on seen.visitor = judged.visitor and seen.started_at = judged.started_at
    where judged.outcome = 'linked'
    group by judged.row_no
)

select
    conversions.row_no,
    case
        when counted.last_row_no is null then 'duplicate'
        when targets.target is null then 'goal_not_found'
        when judged.row_no is null then 'visitor_not_found'
        else judged.outcome
    end as outcome,
    visit_of.visit_id,
    case
        when judged.outcome = 'linked' then
            case judged.kind
                when 1 then 'PURCHASE_ID'
                when 2 then 'YCLID'
                when 3 then 'CLIENT_ID'
                else 'USER_ID'
            end
    end as linked_by
from conversions
left join counted on counted.last_row_no = conversions.row_no
left join targets on targets.target = conversions.target
left join judged on judged.row_no = conversions.row_no
left join visit_of on visit_of.row_no = conversions.row_no
