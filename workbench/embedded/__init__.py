"""Policies inside other files (YAML, CloudFormation and SAM templates, Terraform) and the way back to their text."""
