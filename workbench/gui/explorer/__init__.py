"""The open project: its tree, and whether its saved requests get what they expect."""
