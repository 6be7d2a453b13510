"""Talking to a server of the API: one request, one call, one policy for trying again."""
