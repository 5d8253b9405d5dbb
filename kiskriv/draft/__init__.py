"""From what was said to a proposed note: nothing said, nothing drafted."""
