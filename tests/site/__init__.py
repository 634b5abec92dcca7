"""A replica of government sites that plays through rounds, for tests and the demo."""
