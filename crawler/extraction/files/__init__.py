"""The text of the files that belong to a document: pdf, docx, doc, wps, xlsx, xls, et, ods, ofd, csv, txt.

Files come from strangers, and the libraries that read them are large: a crawl reads them in a process apart
(`IsolatedReader`). The libraries are the extra ``files``; without them a file's text is unknown, and said to be.
"""

from crawler.extraction.files.description import describe_file, extract_file, make_file_fingerprint
from crawler.extraction.files.faults import Reason
from crawler.extraction.files.isolation import IsolatedReader
from crawler.extraction.files.reading import FileText, read_file

__all__ = [
    "FileText",
    "IsolatedReader",
    "Reason",
    "describe_file",
    "extract_file",
    "make_file_fingerprint",
    "read_file",
]
