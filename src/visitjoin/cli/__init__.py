"""The command line: one module for each group of commands, and no logic of its own."""
