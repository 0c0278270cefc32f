"""What people get: map, sheets, reports; below them the wording, below it the style."""
