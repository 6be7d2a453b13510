"""One module for each version of the tables. What a step did stays what it did."""
