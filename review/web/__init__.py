"""The reading room: changes, pages and archive in a browser. No build step, no request to another host."""
