"""How Norwegian is read: tokens, numbers, sentences, questions, quantities, sides. Pure."""
