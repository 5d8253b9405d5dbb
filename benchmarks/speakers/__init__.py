"""`scripts/bench speakers`: who said what, in figures; a file for each group of tables."""
