"""Help in place: what has the focus, and what one can do there."""
