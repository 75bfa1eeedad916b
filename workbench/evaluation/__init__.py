"""Requests and context, pattern and operator matching, layers, decisions, explanations."""
