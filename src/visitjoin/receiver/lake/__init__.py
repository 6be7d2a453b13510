"""The lake: the rows. Visits, conversions, rejects and links as Delta tables, by counter.

Conversions and rejects are facts and are never edited. Links are derived from facts. A visit that
is imported again takes the place of the one with its id.
"""
