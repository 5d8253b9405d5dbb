"""Searches for what a session should have erased, everywhere it could have stayed. The product cannot import it."""
