"""What a user sets: settings, keys; the dialogs for both and where they take effect."""
