"""Whose name do we act in: where a token comes from, where it is kept, and when it ends."""
