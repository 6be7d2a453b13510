"""The lake: the rows. Visits, conversions, rejects and links as Delta tables, by counter.

Conversions and rejects are facts and are never edited. Links are derived from facts; a late link
stands in the place of a first one that found no visit. A visit that
is imported again takes the place of the one with its id.
"""
