"""A replica site for each CMS family, with generated replies: what discovery and extraction are held against.

``replies`` composes the texts, ``portal`` is what all families share (and the traps that lists set), the other modules
are the families. ``catalog`` names them all.
"""
