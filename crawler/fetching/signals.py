"""Signals of the fetching room, sent through ``crawler.signals``."""

exchange_ended = object()
"""An exchange is over, however it ended; sent before the host's next request may start.

Keyword arguments: ``request`` (scrapy.Request; its ``meta["role"]`` says what it was for, ``robots`` for robots.txt)
and ``exchange`` (storage.records.Exchange).
"""

robots_ruled = object()
"""A host's robots.txt was read, or could not be.

Keyword arguments: ``origin`` (scheme://host[:port]), ``ruling`` (crawler.fetching.rules.Ruling) and ``exchanges``
(tuple of storage.records.Exchange with their bodies, one for each redirect and the last one), to be archived with the
role ``robots``.
"""

certificate_shown = object()
"""A host showed its certificate in a handshake.

Keyword arguments: ``host`` (as in the seeds: ``host``, or ``host:port``), ``since`` and ``until`` (datetime, UTC): the
first and the last moment at which it is valid.
"""

outcome_judged = object()
"""To be sent by whoever judges a response: a block page with status 200 slows its host down like a 503.

Keyword arguments: ``url`` (str) and ``outcome`` (storage.records.Outcome).
"""
