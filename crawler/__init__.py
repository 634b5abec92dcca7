"""From a seed to a capture and a document: fetch politely, judge what was seen, extract what it says."""
