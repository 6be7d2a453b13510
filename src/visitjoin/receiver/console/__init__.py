"""The console: pages at `/` for people, over what the API answers to programs.

Rendered here, in English and Russian; without JavaScript everything works but for what moves.
"""
