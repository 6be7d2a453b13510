"""What was sent, and what became of it: one DuckDB file that may be killed at any moment."""
