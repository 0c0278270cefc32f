"""``python -m landtrack``."""

from landtrack.cli.main import main

main(prog_name="landtrack")
