"""The window. The only room that imports Qt; it holds no rule of IAM: what a policy means, the engine says."""
