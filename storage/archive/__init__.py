"""WARC files: writing, reading, repair, and the indexes made from them."""
