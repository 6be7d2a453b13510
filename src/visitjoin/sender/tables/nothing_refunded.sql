-- Where no refunds are told apart, nothing is refunded: fingerprint, and no rows.
select null::uhugeint as fingerprint
where false
