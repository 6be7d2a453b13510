"""The steps by which the catalog got its tables, for Alembic: `versions` has one module each."""
