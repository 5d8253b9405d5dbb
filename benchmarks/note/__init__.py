"""`scripts/bench note`: how good the notes are, in figures; a file for each group of tables."""
