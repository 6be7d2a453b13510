"""Runs the command line: `python -m visitjoin`."""

from visitjoin.cli.app import main

if __name__ == "__main__":
    main()
