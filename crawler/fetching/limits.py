"""How much we are willing to read, in bytes, and for how long, in seconds."""

PAGE_BYTES = 20 * 1024 * 1024
"""A page or a list; for ``DOWNLOAD_MAXSIZE``. Counts the entity and, again, the decoded body."""

ATTACHMENT_BYTES = 100 * 1024 * 1024
"""An attachment; for ``request.meta["download_maxsize"]``."""

ROBOTS_BYTES = 2 * 1024 * 1024
"""A robots.txt; of it `crawler.fetching.rules` reads the first 512 KB."""

CONNECT_SECONDS = 20.0
HEADER_SECONDS = 30.0
"""From our request, connecting included, to the end of the header section."""

TOTAL_SECONDS = 180.0
"""A page with everything; for ``DOWNLOAD_TIMEOUT``. An attachment may get more by ``meta["download_timeout"]``."""

IDLE_SECONDS = 60
"""How long a connection is kept for another request."""
