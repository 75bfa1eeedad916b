"""The findings pane: what the checks say about the open policy."""
