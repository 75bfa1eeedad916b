"""The outline that stays open: the statements of the policy in front."""
