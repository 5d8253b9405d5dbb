"""The commands: flags and words, no flow."""

from kiskriv.cli.main import main

__all__ = ["main"]
