"""Policy Workbench: review AWS IAM policies offline."""

__version__ = "0.1.0"
