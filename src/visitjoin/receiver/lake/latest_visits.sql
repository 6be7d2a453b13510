-- Which visits began last?
-- $source: the traffic source, '' for visits of none that is known, null for all; $most: how many.
-- A row a visit, the latest first: visit_id, started_at, ended_at, traffic_source, utm_source,
-- utm_medium, utm_campaign, start_url, by_client, by_click,
-- signed_in, purchases: who it was is not told.
select
    visit_id,
    started_at,
    ended_at,
    coalesce(traffic_source, '') as traffic_source,
    coalesce(utm_source, '') as utm_source,
    coalesce(utm_medium, '') as utm_medium,
    coalesce(utm_campaign, '') as utm_campaign,
    coalesce(start_url, '') as start_url,
    client_id is not null as by_client,
    yclid is not null as by_click,
    user_id is not null as signed_in,
    coalesce(len(purchase_ids), 0) as purchases
from visits
where $source is null or coalesce(traffic_source, '') = $source
order by started_at desc, visit_id
limit $most
