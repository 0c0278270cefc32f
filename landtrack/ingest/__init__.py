"""What comes in: files read, normalised, validated, profiled."""
