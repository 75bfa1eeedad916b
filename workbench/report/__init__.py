"""Findings as others read them: text for a terminal, JSON, SARIF, annotations of a build."""
