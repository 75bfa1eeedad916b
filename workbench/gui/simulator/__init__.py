"""The request simulator: the form that asks, and the card that answers."""
