"""The policy editor: text, what it marks, the files behind it."""
