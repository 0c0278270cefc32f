"""Forms, ledgers, reports and pages about a place or a file."""
