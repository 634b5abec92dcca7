"""Keep it going: when a page is due, one cycle of crawl, compare and report, and the command line."""
