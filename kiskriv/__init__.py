"""kiskriv: records a consultation, proposes a journal note, and proves that it forgot the rest."""

__version__ = "0.1.0"
