"""What the witness says to people, in bokmål and in English beside it. Words only.

They stand here and not in kiskriv/locale, because the second machine installs `witness/` and `ledger/` alone.
"""

from __future__ import annotations

from typing import Final

from kiskriv.ledger.wording import Language

TEXTS: Final[dict[str, dict[Language, str]]] = {
    "serving": {
        "nb": "Vitnet svarer på {url}\nNøkkelen, til innstillingene på legekontorets maskin:\n{key}",
        "en": "The witness answers at {url}\nIts key, for the settings on the practice's machine:\n{key}",
    },
    "no-logs": {
        "nb": "Vitnet kjenner ingen logg ennå: legg linjen i loggens public-key inn i {logs}",
        "en": "The witness knows no log yet: put the line of the log's public-key into {logs}",
    },
    "no-witness": {
        "nb": "I denne mappen er det ikke noe vitne som kan leses.",
        "en": "There is no witness in this folder that can be read.",
    },
    "nothing-signed": {
        "nb": "Vitnet har ikke signert for noe ennå.",
        "en": "The witness has signed for nothing yet.",
    },
    "failed": {"nb": "En forespørsel ble ikke besvart: {problem}", "en": "A request was not answered: {problem}"},
    "busy": {
        "nb": "Et annet vitne bruker denne mappen.",
        "en": "Another witness uses this folder.",
    },
    "key": {
        "nb": "Vitnets egen nøkkel kan ikke brukes. Legg mappen tilbake slik den var, eller ta en ny mappe og oppgi den nye nøkkelen.",
        "en": "The witness's own key cannot be used. Put the folder back as it was, or take a new one and hand out its new key.",
    },
    "logs": {
        "nb": "Linje {line} i logs er ikke en offentlig nøkkel til en logg (navn+id+base64).",
        "en": "Line {line} of logs is not a public key of a log (name+id+base64).",
    },
    "damaged": {
        "nb": "Et sjekkpunkt i mappen checkpoints er endret eller skadet. Behold mappen som den er, "
        "og spør den som svarer for personvernet: uten det vet vitnet ikke hvor stor loggen var.",
        "en": "A checkpoint in the folder checkpoints was changed or damaged. Keep the folder as it is, "
        "and ask the one who answers for data protection: without it the witness does not know how large the log was.",
    },
    "folder": {
        "nb": "Mappen kan ikke leses eller skrives ({reason}).",
        "en": "The folder cannot be read or written ({reason}).",
    },
    "address": {
        "nb": "Vitnet kan ikke lytte på {listen}. Skriv en adresse og en ledig port, som 127.0.0.1:8472 eller [::1]:8472.",
        "en": "The witness cannot listen at {listen}. Give an address and a free port, like 127.0.0.1:8472 or [::1]:8472.",
    },
}


def say(text: str, language: Language, **facts: str | float) -> str:
    """One of TEXTS with its facts filled in."""
    return TEXTS[text][language].format(**facts)
