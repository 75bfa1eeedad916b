"""The window. The only room that imports Qt; it holds no rule of IAM: what a policy means, the engine says."""

import workbench.engine  # noqa: F401  (before Qt, which reads the source of every module that is imported after it)
