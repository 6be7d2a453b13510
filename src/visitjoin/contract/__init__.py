"""What the API says, as data and pure functions. Imports nothing else of ours.

Facts about the API and their standing (documented, seen in other clients, or our own choice)
are in docs/explanation/contract.md; a module that states a rule names where it comes from.
"""
