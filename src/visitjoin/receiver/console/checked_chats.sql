-- Which rows of a checked table of chats are to be uploaded?
-- $file: the Parquet file of those that passed: contract.tables.CONVERSION and CHAT.
-- A row a chat, in the order of the table and in the API's form: contract.columns.Column without
-- Target, and contract.chats.ChatColumn.
select
    client_id as "ClientId",
    user_id as "UserId",
    yclid as "Yclid",
    purchase_id as "PurchaseId",
    happened_at as "DateTime",
    price as "Price",
    currency as "Currency",
    chat_platform as "ChatPlatform",
    chat_username as "ChatUsername",
    chat_user_id as "ChatUserID",
    phone_number as "PhoneNumber"
from read_parquet($file)
order by row_no
