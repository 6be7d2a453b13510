-- Which visits do hits make?
-- hits: of one counter, of people alone, with the columns of contract.tables.HIT; of each visitor
-- from a moment on before which $threshold seconds without a hit lie. $counter: its number;
-- $threshold: seconds.
-- A row a visit, with the columns of contract.tables.VISIT.
--
-- The rule is Metrica's (docs/explanation/collecting.md): a visit begins with a pageview and ends
-- after $threshold seconds without a hit; a click on an advertisement begins another; an event that
-- fits no visit is in none. The visit's id is made of its counter, visitor and first pageview, so
-- the same hits always make the same visits.
with

marked as (
    select
        client_id::ubigint as visitor, -- sorts faster than its text
        happened_at,
        "type" = 'event' as is_event, -- of a pageview and an event in one second, the pageview is first
        received_ms,
        hit_id,
        user_id,
        purchase_id,
        case
            when "type" = 'pageview' and contains(url, 'id=') -- which most addresses lack
                then nullif(
                    regexp_extract(
                        url, '[?&]((?:yclid|gclid|gbraid|wbraid|msclkid|rb_clickid)=[^&#]+)', 1
                    ),
                    ''
                )
        end as click
    from hits
),

after_gaps as (
    select
        *,
        coalesce(happened_at - lag(happened_at) over in_time > $threshold, true) as after_gap
    from marked
    window in_time as (partition by visitor order by happened_at, is_event, received_ms, hit_id)
),

-- came_at: when the visitor, who has been there without a gap since then, had come.
placed as (
    select
        *,
        max(case when after_gap then happened_at end) over up_to_it as came_at,
        max(case when not is_event then happened_at end) over before_it as last_pageview,
        last_value(
            case when click is not null then struct_pack(happened_at, click) end ignore nulls
        ) over before_it as last_click
    from after_gaps
    window
        up_to_it as (
            partition by visitor order by happened_at, is_event, received_ms, hit_id
            rows between unbounded preceding and current row
        ),
        before_it as (
            partition by visitor order by happened_at, is_event, received_ms, hit_id
            rows between unbounded preceding and 1 preceding
        )
),

begun as (
    select
        *,
        not is_event and (
            coalesce(last_pageview < came_at, true)
            -- The page of a click may be loaded again: it is still the same click.
            or click is not null and (
                coalesce(last_click.happened_at < came_at, true) or last_click.click != click
            )
        ) as begins
    from placed
    where not is_event or last_pageview >= came_at
),

numbered as (
    select
        *,
        count(*) filter (where begins) over (
            partition by visitor order by happened_at, is_event, received_ms, hit_id
            rows between unbounded preceding and current row
        ) as number
    from begun
),

visited as (
    select
        visitor::varchar as client_id,
        any_value(hit_id) filter (where begins) as first_hit,
        bool_or(begins and click is not null) as is_clicked,
        min(happened_at) as started_at,
        max(happened_at) as ended_at,
        max_by(user_id, struct_pack(happened_at, is_event, received_ms, hit_id))
            filter (where user_id is not null) as user_id,
        list_sort(list_distinct(list(purchase_id) filter (where purchase_id is not null)))
            as purchase_ids
    from numbered
    group by visitor, number
),

-- Only now, so that addresses are not carried through the sorting.
landed as (
    select visited.*, hits.url as start_url, hits.referrer
    from visited
    join hits on hits.client_id = visited.client_id and hits.hit_id = visited.first_hit
),

-- A mark of the landing address as it was meant; as it stands there where it cannot be decoded.
named as (
    select
        *,
        nullif(regexp_extract(start_url, '[?&]yclid=([^&#]+)', 1), '') as yclid,
        replace(nullif(regexp_extract(start_url, '[?&]utm_source=([^&#]+)', 1), ''), '+', ' ')
            as written_source,
        replace(nullif(regexp_extract(start_url, '[?&]utm_medium=([^&#]+)', 1), ''), '+', ' ')
            as written_medium,
        replace(nullif(regexp_extract(start_url, '[?&]utm_campaign=([^&#]+)', 1), ''), '+', ' ')
            as written_campaign,
        lower(regexp_extract(start_url, '^[a-z][a-z0-9+.-]*://(?:www\.)?([^/?#:]+)', 1)) as own_host,
        lower(regexp_extract(referrer, '^[a-z][a-z0-9+.-]*://(?:www\.)?([^/?#:]+)', 1)) as host
    from landed
),

decoded as (
    select
        *,
        coalesce(try(url_decode(written_source)), written_source) as utm_source,
        coalesce(try(url_decode(written_medium)), written_medium) as utm_medium,
        coalesce(try(url_decode(written_campaign)), written_campaign) as utm_campaign
    from named
)

select
    md5(concat_ws('|', $counter::bigint, client_id, first_hit)) as visit_id,
    client_id,
    user_id,
    started_at,
    ended_at,
    yclid,
    purchase_ids,
    -- The values are those of the Logs API (TrafficSource).
    case
        when is_clicked then 'ad'
        when lower(utm_medium) in ('email', 'e-mail', 'newsletter') then 'email'
        when lower(utm_medium) in ('social', 'smm', 'social-media', 'sm') then 'social'
        when lower(utm_medium) in ('messenger', 'sms') then 'messenger'
        when lower(utm_medium) in ('referral', 'partner', 'affiliate') then 'referral'
        when lower(utm_medium) = 'organic' then 'organic'
        when utm_source is not null or utm_medium is not null then 'ad'
        when coalesce(host, '') = '' then 'direct'
        when host = own_host then 'internal'
        when regexp_matches(host, '^(e\.mail\.ru|mail\.(yandex|google|yahoo|rambler)\..+|outlook\..+)$')
            then 'email'
        when regexp_matches(host, '(^|\.)(yandex\.[a-z.]+|ya\.ru|google\.[a-z.]+|bing\.com|go\.mail\.ru|duckduckgo\.com|rambler\.ru|baidu\.com|ecosia\.org|search\.yahoo\.com)$')
            then 'organic'
        when regexp_matches(host, '(^|\.)(t\.me|telegram\.org|whatsapp\.com|wa\.me|viber\.com|max\.ru)$')
            then 'messenger'
        when regexp_matches(host, '(^|\.)(vk\.com|vk\.ru|ok\.ru|facebook\.com|instagram\.com|twitter\.com|x\.com|t\.co|linkedin\.com|pinterest\.[a-z]+|reddit\.com|tiktok\.com|youtube\.com|dzen\.ru)$')
            then 'social'
        else 'referral'
    end as traffic_source,
    utm_source,
    utm_medium,
    utm_campaign,
    start_url
from decoded
