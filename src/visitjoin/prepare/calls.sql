-- What are the calls among conversions, and which of them break a rule of their own columns?
-- conversions: the columns of contract.tables.CONVERSION, and the key if any; cells: row_no, and the columns of
-- contract.calls.CallColumn by their fields, as text. $phone, $duration, $flag: the patterns.
-- A row a conversion: its columns, those of contract.tables.CALL, and of the first rule that it
-- breaks the column, the value and the reason; null where it breaks none.
with judged as (
    select
        c.*,
        k.* exclude (row_no),
        case
            when not regexp_matches(k.phone_number, $phone) then 'PhoneNumber'
            when not regexp_matches(k.talk_duration, $duration) then 'TalkDuration'
            when not regexp_matches(k.hold_duration, $duration) then 'HoldDuration'
            when not regexp_matches(k.static_call, $flag) then 'StaticCall'
            when not regexp_matches(k.call_missed, $flag) then 'CallMissed'
            when not regexp_matches(k.first_time_caller, $flag) then 'FirstTimeCaller'
        end as "column"
    from conversions as c
    join cells as k on k.row_no = c.row_no
)

select
    * replace (
        coalesce(try_cast(static_call as boolean), false) as static_call,
        try_cast(talk_duration as bigint) as talk_duration,
        try_cast(hold_duration as bigint) as hold_duration,
        try_cast(call_missed as boolean) as call_missed,
        try_cast(first_time_caller as boolean) as first_time_caller
    ),
    case "column"
        when 'PhoneNumber' then phone_number
        when 'TalkDuration' then talk_duration
        when 'HoldDuration' then hold_duration
        when 'StaticCall' then static_call
        when 'CallMissed' then call_missed
        when 'FirstTimeCaller' then first_time_caller
    end as value,
    case
        when "column" = 'PhoneNumber' then 'phone_number_malformed'
        when "column" in ('TalkDuration', 'HoldDuration') then 'duration_not_seconds'
        when "column" is not null then 'flag_not_0_or_1'
    end as reason
from judged
