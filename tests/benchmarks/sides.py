"""Counts on which sides of the parcels of a store neighbours are named otherwise than rays see.

Run::

    python tests/benchmarks/sides.py build/project.gpkg parcels [KEY ...]

Of the demo place, Krems and every 24th plot of Cambridge (393 sheets, 2,072 neighbours, with lot
253-69, whose neighbour shares a slanting edge with the road behind it) nothing is listed.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import four_sides

from landtrack.output.sheets import adjoining
from landtrack.store import assessment


def main(path, kind, keys):
    opened = assessment.load(Path(path))
    keys = keys or list(map(str, opened.layers[kind].index))
    count, wrong = four_sides.compare(opened, kind, keys, adjoining.reach())
    sys.stdout.write("".join(f"{each}\n" for each in wrong))
    sys.stdout.write(
        f"{len(keys)} sheets, {count} neighbours, {len(wrong)} disagreements\n"
    )
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], sys.argv[3:]))
