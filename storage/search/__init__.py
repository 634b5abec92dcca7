"""Search in all versions: the words, the index and its grams, and the look at each text that decides."""
