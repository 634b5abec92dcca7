"""One module an area; each has a ``router`` that `review.web.application` takes in."""
