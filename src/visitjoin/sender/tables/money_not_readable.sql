-- How many rejected rows have a price or a currency that could not be read, and so are in no sum?
-- Reads rejects. Returns one number.
select count(*) as rows
from rejects
where
    price is null
    and reason in (
        'price_not_a_number', 'price_not_in_minor_units', 'price_negative', 'price_out_of_range',
        'currency_not_three_letters'
    )
