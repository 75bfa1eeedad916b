"""What is wrong with a policy: the registry, one module per family of checks, fixes."""
