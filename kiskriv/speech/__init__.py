"""From sound to words with speakers: where to listen (`vad`, `windows`), what is said (`asr`), by whom (`channels`)."""
