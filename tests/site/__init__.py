"""A replica of government sites that plays through rounds, for tests and the demo.

``model`` says what a site is (columns, articles, a script of events) and plays the script; ``replica`` answers requests
for the present round, ``server`` puts that behind a port of 127.0.0.1. A CMS family is one module (``zhengzhou``) that
places and renders pages; a city is one module (``yunze``) with its texts in ``replies/``. ``truth`` works out what must
be reported of a script, ``audit`` holds a report against it, ``commands`` runs the project's real commands.

    with serve_site(Site(plan_week(), Zhengzhou())) as site:
        site.write_seed(seeds_dir)
        site.play_round(2)
        ...
        site.requests, site.expected_events((0, 2))
"""
