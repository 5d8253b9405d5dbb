"""The kinds of facts, each found claim by claim. Pure."""
