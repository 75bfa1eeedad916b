"""Questions over all requests at once: what a policy can never allow, what a change newly allows, with a witness."""
