"""Time the whole of ``landtrack run`` against an analyst's script, processor and wall seconds.

    python tests/benchmarks/whole.py 10000

Each is a process of its own on the same generated place; the script prints its stages.
"""
# ruff: noqa: T201, S603 - a script that prints and runs our own interpreter

import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import place


def main():
    """Print a line for each, and how many times as long the script took."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        place.write(folder / "place", n)
        script = Path(__file__).with_name("analyst.py")
        runs = {
            "landtrack": ["-m", "landtrack", "run", folder / "place", "--out", folder / "ours"],
            "script": ["-W", "ignore", script, folder / "place", folder / "theirs"],
        }
        spent = {}
        for name, arguments in runs.items():
            processor, wall = spent[name] = seconds(arguments)
            print(f"{name:<10} {n:>9,} plots {processor:9.1f} s of processor, {wall:9.1f} s in all",
                  flush=True)
    ours, theirs = spent["landtrack"], spent["script"]
    print(f"ratio {theirs[0] / ours[0]:.1f} x of processor, {theirs[1] / ours[1]:.1f} x in all")


def seconds(arguments):
    """Run; give processor and wall seconds. Exit status 1 says that plots fail: they do."""
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run([sys.executable, *map(str, arguments)], check=False)
    if done.returncode not in (0, 1, 3):
        raise RuntimeError(arguments)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return processor, time.perf_counter() - begun


if __name__ == "__main__":
    main()
