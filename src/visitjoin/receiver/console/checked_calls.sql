-- Which rows of a checked table of calls are to be uploaded?
-- $file: the Parquet file of those that passed: contract.tables.CONVERSION and CALL.
-- A row a call, in the order of the table and in the API's form: contract.columns.Column without
-- Target, and contract.calls.CallColumn.
select
    client_id as "ClientId",
    user_id as "UserId",
    yclid as "Yclid",
    purchase_id as "PurchaseId",
    happened_at as "DateTime",
    price as "Price",
    currency as "Currency",
    static_call::tinyint as "StaticCall",
    phone_number as "PhoneNumber",
    talk_duration as "TalkDuration",
    hold_duration as "HoldDuration",
    call_missed::tinyint as "CallMissed",
    tag as "Tag",
    first_time_caller::tinyint as "FirstTimeCaller",
    url as "URL",
    call_tracker_url as "CallTrackerURL"
from read_parquet($file)
order by row_no
