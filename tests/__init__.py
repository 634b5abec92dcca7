"""Tests mirror the rooms; ``site`` is the replica of government sites."""
