"""HTTP in, HTTP out: each module has the calls about one noun, and no rule of its own."""
