"""From bytes to a document: encoding, text, fields, reply, attachments. No Scrapy in here."""

from crawler.extraction.document import extract_document
from crawler.extraction.fingerprint import make_fingerprint
from crawler.extraction.page import ParsedPage, parse_page

__all__ = ["ParsedPage", "extract_document", "make_fingerprint", "parse_page"]
