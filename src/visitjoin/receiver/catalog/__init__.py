"""The catalog: what there is. Counters, goals, tokens, tracking and uploadings; no rows of data.

Each module asks and answers about one noun; all take the SQLAlchemy engine as `catalog`.
"""
