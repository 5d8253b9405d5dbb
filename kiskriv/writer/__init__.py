"""The language models that may write a note: one in a process of ours, or one behind an address that the clinic names."""
