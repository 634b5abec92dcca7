"""Decoding of content codings, with a limit: a decompression bomb becomes ``too_large``, a broken stream is no loss."""

import zlib
from dataclasses import replace

from scrapy import Request
from scrapy.downloadermiddlewares.httpcompression import HttpCompressionMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawler.fetching.errors import DecompressionBomb

ACCEPTED = b"gzip, deflate"
"""What replay tools read everywhere; nothing else is asked for."""


class BoundedCompression(HttpCompressionMiddleware):
    """Takes the place of Scrapy's middleware of compression; the limit is ``DOWNLOAD_MAXSIZE`` or the request's own."""

    def process_request(self, request: Request) -> None:  # type: ignore[override]  # ``spider`` is deprecated
        """Ask for the accepted codings, whatever the request asked for."""
        request.headers[b"Accept-Encoding"] = ACCEPTED

    def process_response(self, request: Request, response: Response) -> Request | Response:  # type: ignore[override]  # likewise
        """Decode the body.

        Raises:
            DecompressionBomb: it grew beyond the limit.
        """
        try:
            return super().process_response(request, response)
        except IgnoreRequest:
            error = DecompressionBomb(request.url, "the body grew beyond the limit while it was decompressed")
            mark_exchange(request, f"too_large: {error.detail}")
            raise error from None
        except (OSError, EOFError, zlib.error) as error:
            mark_exchange(request, f"truncated: the content coding is broken ({error})")
            return response


def mark_exchange(request: Request, error: str) -> None:
    """Note what was found wrong after the exchange was over; what had been found before stays."""
    exchange = request.meta.get("exchange")
    if exchange is not None and exchange.error is None:
        request.meta["exchange"] = replace(exchange, error=error)
