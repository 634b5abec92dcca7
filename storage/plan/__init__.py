"""The plan's rows: what was visited, what lists brought, what is due, and when next."""
