"""Makes the compiled files out of the pinned wheels. Used by the set-up, never by a start of the program."""
