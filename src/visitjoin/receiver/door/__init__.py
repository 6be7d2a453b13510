"""Who comes in, and may they? Addresses, tokens, rights, quotas, and the log of what they wrote."""
