"""A second evaluator, written from ../shared/spec alone and never shipped: what the product's engine is held against.

It shares no code with `workbench`. Not yet compared with the engine: the comparing test is still to be written.
"""
