"""From sound to words with speakers: `vad` and `windows` find what to decode, `asr` decodes it, `channels` and `attribution` say who spoke."""
