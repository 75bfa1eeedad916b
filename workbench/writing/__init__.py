"""What helps to write a policy: changes to its text that need no window, and what can be said where one types."""
