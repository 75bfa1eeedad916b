"""What a user saves: policies, who they apply to, requests with expectations."""
