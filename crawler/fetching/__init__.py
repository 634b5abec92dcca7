"""Be a polite guest and keep every byte: wire capture, host guard, robots, pace."""
