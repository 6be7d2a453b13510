-- The conversions that are sent again with another price, for a server that knows no other
-- correction. Reads fingerprints and corrections; returns rows of fingerprints.
from fingerprints
semi join (select row_no from corrections where state in ('repriced', 'set_to_zero')) using (row_no)
