"""Conversions and visits in; one outcome for each conversion out."""
