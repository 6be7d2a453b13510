"""The tables of one run, and the questions that are asked of them."""
