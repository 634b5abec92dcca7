"""A replica site for each CMS family, with generated replies: what discovery and extraction are held against.

``replies`` composes the texts, ``portal`` is what all families share, ``traps`` what their lists can do to a visitor,
``serving`` puts a portal behind a door; ``catalog`` names all families, ``crawls`` crawls them. The other modules are
the families.
"""
