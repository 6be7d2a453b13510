-- How many rows of a checked table stand in a later row again?
-- checked: the rows in the API's form, as text. What makes two rows one conversion is said in
-- docs/explanation/linking.md; chats of nobody are told apart by nothing. One row: rows.
select count(*) - count(distinct row("ClientId", "UserId", "Yclid", "PurchaseId", "Target", "DateTime")) as rows
from checked
where coalesce("ClientId", "UserId", "Yclid", "PurchaseId") is not null
