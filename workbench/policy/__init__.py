"""What a policy says: statements, principals, ARNs, policy types, quotas."""
