"""What is claimed in a talk: by whom, of whom, when, or denied; answers with their questions, corrections, who is overheard. Pure."""
