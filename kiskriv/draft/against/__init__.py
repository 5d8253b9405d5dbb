"""What a note is held against, and how: facts by subject, words by where they were said. Pure."""
