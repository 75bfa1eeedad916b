"""A second evaluator, written from ../shared/spec alone and never shipped: what the product's engine is held against.

It shares no code with `workbench`. tests/evaluation/test_against_reference.py compares.
"""
