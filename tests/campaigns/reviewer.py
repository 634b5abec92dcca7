"""A reviewer for the crash campaign: judges one change after another and says each verdict that is recorded.

A line ``CHANGE NOTE`` is printed once the database has acknowledged the verdict, so whoever kills this process knows
which verdicts must be there.
"""

import argparse
import json
import random
import sys
from contextlib import closing

from storage.configuration import load_configuration
from storage.database import Database, open_database
from storage.reporting import read_changes
from storage.verdicts import Judgement, Verdict, read_judgements, record_judgement


def judge_changes(database: Database, seed: str) -> None:
    """Judge random changes without end, each with a note that no other verdict has."""
    clock = load_configuration().clock
    chance = random.Random(seed)  # noqa: S311 - choices, not secrets
    changes = [one.change.id for one in read_changes(database, None)]
    for number in range(10_000 if changes else 0):
        change, note = chance.choice(changes), f"{seed}-{number}"
        verdict = chance.choice([Verdict.IMPORTANT, Verdict.ROUTINE, Verdict.NOISE, Verdict.FOLLOW_UP])
        judgement = Judgement(verdict=verdict, note=note, reviewer="campaign", made_at=clock.now())
        if record_judgement(database, [change], judgement):
            print(change, note, flush=True)  # noqa: T201 - the acknowledgement


def list_judgements(database: Database) -> list[tuple[str, str]]:
    """Change and note of every verdict."""
    changes = [one.change.id for one in read_changes(database, None)]
    return [(change, judgement.note) for change in changes for judgement in read_judgements(database, change)]


def main() -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns.reviewer", description=__doc__)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--list", action="store_true", help="what stands in the database, as JSON")
    options = parser.parse_args()
    with closing(open_database(load_configuration().database_url)) as database:
        if options.list:
            json.dump(list_judgements(database), sys.stdout)
        else:
            judge_changes(database, options.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
