-- Which conversions of the source are to be uploaded?
--
-- Reads   fingerprints  the answer of fingerprints.sql
--         held_back     the answer of held_back.sql
--
-- Returns their rows of `fingerprints`.

from fingerprints
anti join held_back using (row_no)
