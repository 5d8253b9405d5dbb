"""Consultations as files, made as tests need them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

SAID = [
    {"role": "practitioner", "text": "Har du hatt feber?"},
    {"role": "patient", "text": "Nei."},
    {"role": "practitioner", "text": "Da skriver jeg ut Apocillin 660 milligram fire ganger daglig i sju dager."},
]
FEVER = {"kind": "symptom", "name": "feber", "polarity": "denied", "evidence": [0, 1], "words": ["ikke", "feber"]}
DRUG = {
    "kind": "medication",
    "name": "Apocillin",
    "dose": "660 mg",
    "duration": "7 day",
    "evidence": [2],
    "words": ["Apocillin", "660 mg"],
    "critical": True,
}


def written(folder: Path, name: str = "hals", **changed: Any) -> Path:
    """A file with this consultation, and what is changed about it; None: without that key."""
    whole = {"language": "nb", "utterances": SAID, "facts": [FEVER, DRUG], "forbidden": ["halsbetennelse"], **changed}
    file = folder / f"{name}.json"
    file.write_text(json.dumps({k: v for k, v in whole.items() if v is not None}), encoding="utf-8")
    return file
