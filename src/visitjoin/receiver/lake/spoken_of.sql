-- Which corrections speak of which conversions?
-- conversions: as in the lake; corrections: of each at least the names of what it speaks of.
-- The view spoken_of: a row a conversion and a correction of it: the columns of the conversion, and
-- the struct `correction` with those of the correction.
create view spoken_of as
-- It names a conversion as it was sent: an identifier that is absent there is absent here,
select c.*, w as correction
from conversions as c
join corrections as w
    on w.target = c.target
    and w.happened_at = c.happened_at
    and w.client_id is not distinct from c.client_id
    and w.user_id is not distinct from c.user_id
    and w.yclid is not distinct from c.yclid
    and w.purchase_id is not distinct from c.purchase_id
union all
-- or all conversions of a purchase.
select c.*, w as correction
from conversions as c
join corrections as w on w.purchase_id = c.purchase_id
where w.target is null
