-- About how many bytes have the files of what is to be uploaded?
-- Reads conversions and leaving. Returns one number: the texts, and a separator behind each.
select
    coalesce(
        sum(
            coalesce(strlen(client_id) + 1, 0)
            + coalesce(strlen(user_id) + 1, 0)
            + coalesce(strlen(yclid) + 1, 0)
            + coalesce(strlen(purchase_id) + 1, 0)
            + strlen(target) + 1
            + strlen(happened_at::varchar) + 1
            -- Of the six decimals most are not written.
            + coalesce(strlen(price::varchar) - 3, 0)
            + coalesce(strlen(currency) + 1, 0)
        ),
        0
    )::bigint as bytes
from conversions
where row_no in (select row_no from leaving)
