"""How a number of things is told."""


def counted(number: int, noun: str) -> str:
    """So many of them, such as `1 row` or `2,000 rows`. noun: of one, with a plural in s."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
