"""What changed and does it matter: pure functions of values."""
