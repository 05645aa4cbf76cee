"""Meta's rules that need more than one field, and the table of every refusal."""
