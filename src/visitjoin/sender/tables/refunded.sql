-- What is refunded, by what it is known by? Reads fingerprints, of the refunds; returns fingerprint.
select distinct coalesce(key, identity) as fingerprint
from fingerprints
