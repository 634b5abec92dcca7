"""What was seen, kept for good: archive, database, versions and the changes derived from them."""
