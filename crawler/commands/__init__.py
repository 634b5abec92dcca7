"""Scrapy commands of this project: ``crawl`` checks its arguments before anything is opened."""
