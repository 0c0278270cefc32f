"""``python -m landtrack``."""

from landtrack.cli import main

main(prog_name="landtrack")
