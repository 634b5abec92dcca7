"""From bytes to a document: encoding, text, fields, reply, attachments. No Scrapy in here."""
