"""A table in; conversions and rejected rows out. Knows nothing of HTTP or servers."""
