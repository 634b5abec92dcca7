"""What keeps us from seeing: derived from captures, walks and texts, or read off the present state."""
