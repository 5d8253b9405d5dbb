"""Render the sets that training and evaluation read.

python -m synthetic.render --data FOLDER --train 50000 --open 24000 --test 300
"""

import argparse
from pathlib import Path
from typing import Final

from synthetic.speech import KNOWN_VOICES, UNSEEN_VOICES, Plan, write_set

SEED: Final = 1
TRAIN, OPEN, OPEN_MORE = "train", "open", "open-more"
TEST_KNOWN, TEST_UNSEEN = "test-known", "test-unseen"


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--train", type=int, required=True, help="utterances to train on")
    parser.add_argument("--open", type=int, required=True, help="those of each later leg")
    parser.add_argument("--test", type=int, required=True, help="held-out sentences of each sort")
    chosen = parser.parse_args()
    folder: Path = chosen.data
    hours = write_set(folder, TRAIN, Plan(SEED, chosen.train, KNOWN_VOICES))
    print(f"{chosen.train} utterances to train on, {hours:.1f} h", flush=True)
    for name, seed in ((OPEN, SEED + 3), (OPEN_MORE, SEED + 4)):
        hours = write_set(folder, name, Plan(seed, chosen.open, KNOWN_VOICES, "open"))
        print(f"{name}: {chosen.open} utterances for a later leg, {hours:.1f} h", flush=True)
    tests = ((TEST_KNOWN, SEED + 1, KNOWN_VOICES), (TEST_UNSEEN, SEED + 2, UNSEEN_VOICES))
    for name, seed, voices in tests:
        hours = write_set(folder, name, Plan(seed, chosen.test, voices, "held out"))
        print(f"{name}: {chosen.test} held-out sentences, {hours * 60:.0f} min", flush=True)


if __name__ == "__main__":
    main()
