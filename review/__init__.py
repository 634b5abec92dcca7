"""Read and judge the changes: reports, later feeds and the web application."""
