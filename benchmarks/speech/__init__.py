"""`scripts/bench speech`: speech that keeps up, in figures; a file for each table."""
