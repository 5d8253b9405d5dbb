"""What was agreed: follow-up, sick leave and referral, with when, on what condition, how much and how long. Pure.

What is decided now is present, so is advice to get in touch; what was before is past; a referral or a sick leave that depends on
something is planned, with the condition in `detail`. It is the doctor who decides: what a patient wishes is nothing until the doctor
agrees to it («ja, det ordner jeg»), and what a patient tells of is past, or denied. A test that was ordered and whose value follows is
no follow-up. Without a percent a sick leave is of 100 %, unless it is graded.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from kiskriv.draft import claims
from kiskriv.draft.agreements import Agreement, agreements
from kiskriv.draft.claims import Claim
from kiskriv.draft.fact import Fact, Kind, Polarity, Quantity, Time
from kiskriv.draft.lexicon import Lexicon
from kiskriv.transcript import Role
