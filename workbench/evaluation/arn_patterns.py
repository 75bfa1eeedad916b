"""ARN patterns: of the Resource element, and of the ARN condition operators.

The two differ. In Resource a `*` that ends one of the first five segments can run past colons (grammar.md section 7,
step 2); under ArnLike and ArnEquals each of the six parts is matched on its own and nothing crosses a colon
(conditions.md section 2).
"""

from __future__ import annotations

from typing import TypeAlias

from workbench.evaluation.glob import Glob, Places
from workbench.policy.tokens import Token, Variable, Wildcard

_PARTS = 6
_EVERYTHING = (Wildcard.ANY,)

ArnParts: TypeAlias = tuple[tuple[Token, ...], ...]
"""The parts of an ARN pattern between its colons, six at most."""


class ResourcePattern:
    """A compiled entry of Resource or NotResource, variables replaced. Case-sensitive, whole string."""

    __slots__ = ("_glob", "_strict", "everything")

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self.everything = tokens == _EVERYTHING
        self._strict = segment_steps(tokens) if _has_restricted(tokens) else None
        self._glob = Glob(tokens)

    def matches(self, resource: str) -> bool:
        """Whether the pattern covers `resource`: an ARN, or `*` for an action without resource-level support, which
        only a pattern that matches the text `*` itself covers (grammar.md section 7, step 7)."""
        if self.everything:
            return True
        if not self._glob.matches(resource):
            return False
        return self._strict is None or _matches_strictly(self._strict, resource)


# A wildcard inside one of the first five segments: it does not match a colon.
ANY_WITHIN = "any-within"
ONE_WITHIN = "one-within"


def _is_restricted(tokens: tuple[Token, ...], at: int, segment: int) -> bool:
    """Whether the wildcard at `at`, in this segment counted from 1, may not match a colon."""
    if segment >= _PARTS:
        return False
    if tokens[at] is Wildcard.ONE:
        return True
    following = tokens[at + 1] if at + 1 < len(tokens) else ":"
    return not (isinstance(following, str) and following.startswith(":"))


def _has_restricted(tokens: tuple[Token, ...]) -> bool:
    """Whether some wildcard may not match a colon; else the plain glob already says it all."""
    segment = 1
    for at, token in enumerate(tokens):
        if isinstance(token, str):
            segment += token.count(":")
            if segment >= _PARTS:
                return False
        elif _is_restricted(tokens, at, segment):
            return True
    return False


def segment_steps(tokens: tuple[Token, ...]) -> tuple[tuple[str, str], ...]:
    """The pattern as steps (kind, text): `literal` with its text, `any`, `one`, ANY_WITHIN and ONE_WITHIN."""
    steps: list[tuple[str, str]] = []
    segment = 1
    for at, token in enumerate(tokens):
        if isinstance(token, str):
            steps.append(("literal", token))
            segment += token.count(":")
        elif token is Wildcard.ANY:
            steps.append((ANY_WITHIN if _is_restricted(tokens, at, segment) else "any", ""))
        else:
            steps.append((ONE_WITHIN if _is_restricted(tokens, at, segment) else "one", ""))
    return tuple(steps)


def _matches_strictly(steps: tuple[tuple[str, str], ...], text: str) -> bool:
    """Walk all ways through the pattern at once: bit i of `reached` says that the pattern so far takes text[:i]. Never
    worse than O(pattern * text / 64) machine words."""
    size = len(text)
    end = 1 << size
    places = Places(text)
    within = (end - 1) & ~places.of(":")
    reached = 1
    for kind, literal in steps:
        if kind == "literal" and not reached & (reached - 1):  # one way only, as nearly always
            at = reached.bit_length() - 1
            reached = reached << len(literal) if text.startswith(literal, at) else 0
        elif kind == "literal":
            for character in literal:
                reached = (reached & places.of(character)) << 1
        elif kind == "one":
            reached = (reached & (end - 1)) << 1
        elif kind == ONE_WITHIN:
            reached = (reached & within) << 1
        elif kind == "any":
            reached = ((end << 1) - 1) & -(reached & -reached)
        else:
            # A sum carries a bit through the run of non-colons that it stands in, up to the colon after it.
            reached |= ((reached & within) + within) ^ within
        if not reached:
            return False
    return bool(reached & end)


def split_arn_tokens(tokens: tuple[Token, ...]) -> ArnParts:
    """Cut at the first five colons of the literal text: at most six parts. Text of a variable is never cut."""
    parts: list[list[Token]] = [[]]
    for token in tokens:
        if isinstance(token, Variable | Wildcard):
            parts[-1].append(token)
            continue
        rest = token
        while ":" in rest and len(parts) < _PARTS:
            head, _, rest = rest.partition(":")
            if head:
                parts[-1].append(head)
            parts.append([])
        if rest:
            parts[-1].append(rest)
    return tuple(tuple(part) for part in parts)


class ArnPattern:
    """A compiled value of an ARN condition operator, variables replaced *after* the split into parts."""

    __slots__ = ("_parts", "_whole")

    def __init__(self, parts: ArnParts) -> None:
        self._whole: Glob | None = None
        self._parts: tuple[Glob, ...] = ()
        if len(parts) < _PARTS:
            # Inferred: such a pattern (`*`, `*key/abc`) is matched as text, since AWS's own examples use it.
            joined: list[Token] = []
            for i, part in enumerate(parts):
                joined += [":", *part] if i else part
            self._whole = Glob(joined)
        else:
            self._parts = tuple(Glob(part) for part in parts)

    def matches(self, value: str) -> bool:
        if self._whole is not None:
            return self._whole.matches(value)
        parts = value.split(":", _PARTS - 1)
        if len(parts) != _PARTS or parts[0] != "arn":
            return False  # not an ARN (conditions.md section 2)
        return all(g.matches(p) for g, p in zip(self._parts, parts, strict=True))
