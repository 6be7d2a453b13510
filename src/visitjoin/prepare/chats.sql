-- What are the chats among conversions, and which of them break a rule of their own columns?
-- conversions: the columns of contract.tables.CONVERSION; cells: row_no, and the columns of
-- contract.chats.ChatColumn by their fields, as text. $platform, $phone: the patterns.
-- A row a conversion: its columns, those of contract.tables.CHAT, and of the first rule that it
-- breaks the column, the value and the reason; null where it breaks none.
with judged as (
    select
        c.*,
        k.* exclude (row_no),
        case
            when not coalesce(regexp_matches(k.chat_platform, $platform), false) then 'ChatPlatform'
            when not regexp_matches(k.phone_number, $phone) then 'PhoneNumber'
            when coalesce(k.chat_username, k.chat_user_id, k.phone_number) is null then 'ChatUserID'
        end as "column"
    from conversions as c
    join cells as k on k.row_no = c.row_no
)

select
    *,
    case "column"
        when 'ChatPlatform' then chat_platform
        when 'PhoneNumber' then phone_number
    end as value,
    case "column"
        when 'ChatPlatform' then 'chat_platform_unknown'
        when 'PhoneNumber' then 'phone_number_malformed'
        when 'ChatUserID' then 'chat_contact_missing'
    end as reason
from judged
