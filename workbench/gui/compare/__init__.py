"""What a policy allows, and what a change of it newly allows: two panes over proofs."""
