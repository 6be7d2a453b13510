"""The process of a sandbox: `python -m _visitjoin_testing`, ended by closing its input."""

import gc

# Loading makes a million objects that stay. To look through them for garbage, again and again while
# their number grows, is a sixth of the start: 0.2 s.
gc.disable()

from visitjoin.testing.serving import main  # noqa: E402 - what is loaded here is what it is about

if __name__ == "__main__":
    main()
