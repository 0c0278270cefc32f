"""File formats: what reads and writes them, and what each is called."""
