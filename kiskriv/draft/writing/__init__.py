"""From facts and own sentences to statements under the headings of a template. Pure."""
