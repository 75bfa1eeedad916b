"""From a document to a policy: the grammar that holds for every policy type.

What depends on the kind of policy (which element may stand where) is in `rules`. Reading never fails: what cannot be
read is left out and named in the defects. Source: spec grammar.md sections 1, 3, 4 and 8.
"""

from __future__ import annotations

from workbench.document.nodes import (
    ArrayNode,
    Document,
    LiteralNode,
    Member,
    MissingNode,
    Node,
    NumberNode,
    ObjectNode,
    Path,
    StringNode,
)
from workbench.document.span import Span
from workbench.patience import check
from workbench.policy.kinds import PolicyKind
from workbench.policy.model import (
    CURRENT_VERSION,
    OLD_VERSION,
    ConditionTest,
    ConditionValue,
    Defect,
    Effect,
    Item,
    ListElement,
    Place,
    Policy,
    PrincipalElement,
    PrincipalEntry,
    Statement,
)
from workbench.policy.names import near_match
from workbench.policy.operators import nearest_operator, parse_operator
from workbench.policy.rules import check_kind

DOCUMENT_ELEMENTS = ("Version", "Id", "Statement")
STATEMENT_ELEMENTS = (
    "Sid",
    "Effect",
    "Principal",
    "NotPrincipal",
    "Action",
    "NotAction",
    "Resource",
    "NotResource",
    "Condition",
)
_DEEPEST = 16  # steps of a path; what is nested deeper in a value of a wrong type is nobody's policy
_PAIRS = (("Action", "NotAction"), ("Resource", "NotResource"), ("Principal", "NotPrincipal"))
_TYPE_WORDS = {
    StringNode: "a string",
    NumberNode: "a number",
    ArrayNode: "a list",
    ObjectNode: "an object",
    MissingNode: "missing",
}


def read(document: Document, kind: PolicyKind) -> Policy:
    """The policy that `document` holds, read as one of `kind`. Never raises; linear in the document."""
    reader = _Reader(document, kind)
    policy = reader.policy()
    return Policy(
        policy.document,
        policy.kind,
        policy.version,
        policy.statements,
        tuple(sorted((*policy.defects, *check_kind(policy)), key=lambda d: d.places[0].span)),
    )


def read_statement(policy: Policy, index: int, node: ObjectNode, path: Path) -> Policy:
    """The policy as if `node`, which stands at `path` in it, were its only statement."""
    reader = _Reader(policy.document, policy.kind)
    statements = (reader.statement(index, node, path),)
    read = Policy(policy.document, policy.kind, policy.version, statements, ())
    found = (*reader.defects, *(d for d in check_kind(read) if d.places[0].path[: len(path)] == path))
    return Policy(policy.document, policy.kind, policy.version, statements, tuple(found))


def type_word(node: Node) -> str:
    """What a node is, in words: `a string`, `null`, `true`."""
    if isinstance(node, LiteralNode):
        return "null" if node.value is None else str(node.value).lower()
    return _TYPE_WORDS[type(node)]


def _span(node: Node) -> Span:
    return Span(node.start, node.end)


class _Reader:
    """One reading: collects defects while it walks the (shallow) structure of a policy."""

    def __init__(self, document: Document, kind: PolicyKind) -> None:
        self.document = document
        self.kind = kind
        self.defects: list[Defect] = []

    def report(self, code: str, path: Path, span: Span, details: str, *, fatal: bool = True) -> None:
        self.defects.append(Defect(code, (Place(path, span),), details, fatal))

    def policy(self) -> Policy:
        root = self.document.root
        for problem in self.document.problems:
            self.report("JSON_SYNTAX_ERROR", (), Span(problem.start, problem.end), problem.message)
        version: StringNode | None = None
        statements: tuple[Statement, ...] = ()
        if isinstance(root, ObjectNode):
            members = self.members(root, (), DOCUMENT_ELEMENTS, "the policy")
            version = self.version(members.get("Version"))
            if "Id" in members:
                self.string(members["Id"], (("value", "Id"),))
            if "Statement" in members:
                statements = self.statements(members["Statement"].value)
            elif not self.misspelt(root, "Statement", DOCUMENT_ELEMENTS):
                self.report("MISSING_STATEMENT", (), _span(root), "The policy has no Statement element. Add one.")
        elif root is not None and not isinstance(root, MissingNode) and not self.document.problems:
            details = f"A policy is one JSON object, but this document is {type_word(root)}. {_instead_of(root)}"
            self.report("JSON_SYNTAX_ERROR", (), _span(root), details)
        elif not self.document.problems:
            self.report("JSON_SYNTAX_ERROR", (), Span(0, 0), "The document is empty. Write a policy: one JSON object.")
        return Policy(self.document, self.kind, version, statements, tuple(self.defects))

    # -- objects --------------------------------------------------------------------------------------------------

    def members(self, node: ObjectNode, path: Path, known: tuple[str, ...], owner: str) -> dict[str, Member]:
        """The known members by name, the first of duplicates; reports duplicates and unknown names."""
        found: dict[str, Member] = {}
        for member in node.members:
            name = member.key.value
            if name in found:
                self.duplicate(member, path)
                continue
            found[name] = member
            if name not in known:
                guess = near_match(name.strip(), known)
                hint = f"Did you mean {guess}?" if guess else f"Use one of {', '.join(known)}."
                self.report(
                    "INVALID_POLICY_ELEMENT",
                    (*path, ("key", name)),
                    _span(member.key),
                    f"{_quoted(name)} is no element of {owner}. {hint}",
                )
                self.unread(member.value, (*path, ("value", name)))
        return found

    def unread(self, node: Node, path: Path) -> None:
        """Reports names that stand twice within a value that is not read any further (grammar.md G2)."""
        waiting = [(node, path)]
        while waiting:
            inner, at = waiting.pop()
            if len(at) > _DEEPEST:
                continue
            if isinstance(inner, ArrayNode):
                waiting += [(item, (*at, ("index", i))) for i, item in enumerate(inner.items)]
            elif isinstance(inner, ObjectNode):
                seen: set[str] = set()
                for member in inner.members:
                    if member.key.value in seen:
                        self.duplicate(member, at)
                    seen.add(member.key.value)
                    waiting.append((member.value, (*at, ("value", member.key.value))))

    def duplicate(self, member: Member, path: Path) -> None:
        self.report(
            "DUPLICATE_JSON_KEY",
            (*path, ("key", member.key.value)),
            _span(member.key),
            f"{_quoted(member.key.value)} stands twice in the same object, and only one of them would count. Keep one.",
        )

    def misspelt(self, node: ObjectNode, element: str, known: tuple[str, ...]) -> bool:
        """Whether some unknown member is a misspelling of `element`: then that is the finding, not its absence."""
        return any(m.key.value not in known and near_match(m.key.value.strip(), known) == element for m in node.members)

    def mismatch(self, path: Path, node: Node, element: str, expected: str) -> None:
        if isinstance(node, MissingNode):
            return  # the syntax error there says it
        self.report(
            "DATA_TYPE_MISMATCH", path, _span(node), f"{element} must be {expected}, but this is {type_word(node)}."
        )
        self.unread(node, path)

    def string(self, member: Member, path: Path) -> StringNode | None:
        if isinstance(member.value, StringNode):
            return member.value
        self.mismatch(path, member.value, member.key.value, "a string")
        return None

    # -- elements -------------------------------------------------------------------------------------------------

    def version(self, member: Member | None) -> StringNode | None:
        if member is None:
            return None
        path: Path = (("value", "Version"),)
        node = self.string(member, path)
        if node is not None and node.value not in (CURRENT_VERSION, OLD_VERSION):
            self.report(
                "INVALID_VERSION",
                path,
                _span(node),
                f"There is no policy version {_quoted(node.value)}. Write {CURRENT_VERSION}.",
            )
        return node

    def statements(self, node: Node) -> tuple[Statement, ...]:
        path: Path = (("value", "Statement"),)
        if isinstance(node, ObjectNode):
            return (self.statement(0, node, path),)
        if not isinstance(node, ArrayNode):
            self.mismatch(path, node, "Statement", "an object or a list of objects")
            return ()
        statements = []
        for index, item in enumerate(node.items):
            check()
            at: Path = (*path, ("index", index))
            if isinstance(item, ObjectNode):
                statements.append(self.statement(index, item, at))
            else:
                self.mismatch(at, item, "A statement", "an object")
        return tuple(statements)

    def statement(self, index: int, node: ObjectNode, path: Path) -> Statement:
        members = self.members(node, path, STATEMENT_ELEMENTS, "a statement")
        for pair in _PAIRS:
            if pair[0] in members and pair[1] in members:
                places = tuple(Place((*path, ("key", name)), _span(members[name].key)) for name in pair)
                details = f"A statement may have {pair[0]} or {pair[1]}, not both. Keep one."
                self.defects.append(Defect("UNSUPPORTED_ELEMENT_COMBINATION", places, details, fatal=True))
        sid = self.string(members["Sid"], (*path, ("value", "Sid"))) if "Sid" in members else None
        condition = members.get("Condition")
        return Statement(
            index=index,
            node=node,
            path=path,
            sid=sid,
            effect=self.effect(node, members.get("Effect"), path),
            principal=self.principal(members.get("Principal") or members.get("NotPrincipal"), path),
            actions=self.actions(node, members, path),
            resources=self.list_element(members.get("Resource") or members.get("NotResource"), path),
            conditions=self.conditions(condition.value, (*path, ("value", "Condition"))) if condition else (),
            has_condition=condition is not None,
        )

    def effect(self, statement: ObjectNode, member: Member | None, path: Path) -> Effect | None:
        if member is None:
            if not self.misspelt(statement, "Effect", STATEMENT_ELEMENTS):
                self.report("MISSING_EFFECT", path, _span(statement), "The statement has no Effect. Add Allow or Deny.")
            return None
        at: Path = (*path, ("value", "Effect"))
        node = self.string(member, at)
        if node is None:
            return None
        if node.value in tuple(Effect):
            return Effect(node.value)
        guess = near_match(node.value.strip(), tuple(Effect))
        hint = f"Write {guess}." if guess else "Write Allow or Deny."
        self.report("INVALID_EFFECT", at, _span(node), f"There is no effect {_quoted(node.value)}. {hint}")
        return None

    def actions(self, statement: ObjectNode, members: dict[str, Member], path: Path) -> ListElement | None:
        member = members.get("Action") or members.get("NotAction")
        if member is None and not (
            self.misspelt(statement, "Action", STATEMENT_ELEMENTS)
            or self.misspelt(statement, "NotAction", STATEMENT_ELEMENTS)
        ):
            self.report("MISSING_ACTION", path, _span(statement), "The statement has no Action. Add one.")
        return self.list_element(member, path)

    def list_element(self, member: Member | None, path: Path) -> ListElement | None:
        if member is None:
            return None
        name = member.key.value
        at: Path = (*path, ("value", name))
        return ListElement(name, member.key, member.value, self.items(member.value, at, name))

    def items(self, node: Node, path: Path, element: str) -> tuple[Item, ...]:
        """The strings of a string or a list of strings; reports the element once if anything else stands in it."""
        if isinstance(node, StringNode):
            return (Item(node.value, node, path),)
        if isinstance(node, ArrayNode):
            items = tuple(
                Item(item.value, item, (*path, ("index", i)))
                for i, item in enumerate(node.items)
                if isinstance(item, StringNode)
            )
            wrong = next((i for i in node.items if not isinstance(i, StringNode | MissingNode)), None)
            if wrong is not None:
                self.report(
                    "DATA_TYPE_MISMATCH",
                    path,
                    _span(node),
                    f"{element} must be a string or a list of strings, but the list holds {type_word(wrong)}.",
                )
                self.unread(node, path)
            return items
        self.mismatch(path, node, element, "a string or a list of strings")
        return ()

    def principal(self, member: Member | None, path: Path) -> PrincipalElement | None:
        if member is None:
            return None
        name, node = member.key.value, member.value
        at: Path = (*path, ("value", name))
        entries: list[PrincipalEntry] = []
        if isinstance(node, StringNode):
            entries.append(PrincipalEntry("AWS", Item(node.value, node, at)))
        elif isinstance(node, ObjectNode):
            seen: set[str] = set()
            for entry in node.members:
                kind = entry.key.value
                if kind in seen:
                    self.duplicate(entry, at)
                    continue
                seen.add(kind)
                inner: Path = (*at, ("value", kind))
                entries += (PrincipalEntry(kind, i) for i in self.items(entry.value, inner, f"{name} {kind}"))
        elif not (isinstance(node, ArrayNode) and not node.items):  # `"Principal": []` matches nobody (grammar.md 1)
            self.mismatch(at, node, name, '"*" or an object')
        return PrincipalElement(name, member.key, node, tuple(entries))

    # -- conditions -----------------------------------------------------------------------------------------------

    def conditions(self, node: Node, path: Path) -> tuple[ConditionTest, ...]:
        if not isinstance(node, ObjectNode):
            self.mismatch(path, node, "Condition", "an object")
            return ()
        tests: list[ConditionTest] = []
        seen: set[str] = set()
        for block in node.members:
            name = block.key.value
            if name in seen:
                self.duplicate(block, path)
                continue
            seen.add(name)
            self.operator_defects(name, block.key, path)
            inner: Path = (*path, ("value", name))
            if isinstance(block.value, ObjectNode):
                tests += self.block(block.key, block.value, inner)
            else:
                self.mismatch(inner, block.value, name, "an object of condition keys and values")
        return tuple(tests)

    def operator_defects(self, name: str, node: StringNode, path: Path) -> None:
        at: Path = (*path, ("key", name))
        operator = parse_operator(name)
        if operator is None:
            guess = nearest_operator(name)
            hint = f" Did you mean {guess}?" if guess else ""
            self.report(
                "INVALID_CONDITION_OPERATOR", at, _span(node), f"There is no condition operator {_quoted(name)}.{hint}"
            )
        elif operator.base.name == "Null" and operator.if_exists:
            self.report(
                "NULL_WITH_IF_EXISTS",
                at,
                _span(node),
                "Null takes no IfExists, since it tests whether the key exists. Write Null.",
            )
        elif operator.name != name:
            self.report(
                "OPERATOR_CASE",
                at,
                _span(node),
                f"AWS writes this operator {operator.name}. Write it so.",
                fatal=False,
            )

    def block(self, operator_node: StringNode, node: ObjectNode, path: Path) -> list[ConditionTest]:
        tests = []
        seen: dict[str, str] = {}
        operator = parse_operator(operator_node.value)
        for member in node.members:
            key = member.key.value
            if key.lower() in seen:
                self.same_key_twice(member, seen[key.lower()], path)
                continue
            seen[key.lower()] = key
            self.key_defects(key, member.key, path)
            at: Path = (*path, ("value", key))
            values = self.values(member.value, at, key)
            tests.append(ConditionTest(operator, operator_node, key, member.key, values, at))
        return tests

    def same_key_twice(self, member: Member, first: str, path: Path) -> None:
        key = member.key.value
        if key == first:
            self.duplicate(member, path)
            return
        self.report(
            "DUPLICATE_KEYS_WITH_DIFFERENT_CASE",
            (*path, ("key", key)),
            _span(member.key),
            f"{_quoted(key)} and {_quoted(first)} are the same condition key, since case does not count. "
            "Put all values under one of them.",
        )

    def key_defects(self, key: str, node: StringNode, path: Path) -> None:
        prefix, colon, rest = key.partition(":")
        name = rest.partition("/")[0]
        if colon and prefix and rest and not any(c.isspace() for c in prefix + name):
            return
        if self.kind is PolicyKind.TRUST and colon and prefix and rest:
            return  # keys of OIDC and SAML providers are hosts and claims of any form
        self.report(
            "INVALID_CONDITION_KEY_FORMAT",
            (*path, ("key", key)),
            _span(node),
            f"{_quoted(key)} is no condition key: a key is a prefix, a colon and a name, such as aws:SourceIp.",
            fatal=False,
        )

    def values(self, node: Node, path: Path, key: str) -> tuple[ConditionValue, ...]:
        if isinstance(node, ArrayNode):
            nodes = [(item, (*path, ("index", i))) for i, item in enumerate(node.items)]
        else:
            nodes = [(node, path)]
        values = []
        for item, at in nodes:
            text = scalar_text(item)
            if text is not None:
                values.append(ConditionValue(text, item, at))
            else:
                self.mismatch(at, item, f"A value of {key}", "a string, a number or a Boolean")
        if len({type(v.node) for v in values}) > 1:
            self.report(
                "INVALID_CONDITION_DATA_TYPE",
                path,
                _span(node),
                f"The values of {key} mix strings, numbers and Booleans. Write them all as strings.",
                fatal=False,
            )
        return tuple(values)


def scalar_text(node: Node) -> str | None:
    """A value of a condition or of a request as text, or None if it is no scalar. Source: grammar.md G9."""
    match node:
        case StringNode():
            return node.value
        case NumberNode():
            return node.text
        case LiteralNode() if node.value is not None:
            return "true" if node.value else "false"
        case _:
            return None


def _quoted(name: str) -> str:
    """A name for a sentence: quoted, kept short, on one line."""
    shown = name if len(name) <= 60 else f"{name[:57]}…"
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in shown) + '"'


def _instead_of(root: Node) -> str:
    """What to do about a document that is no object."""
    if isinstance(root, StringNode) and root.value.lstrip().startswith("{"):
        return "It holds a policy: take away the quotes around it and the backslashes in it."
    items = root.items if isinstance(root, ArrayNode) else ()
    if items and all(isinstance(item, ObjectNode) for item in items):
        names = {m.key.value for item in items if isinstance(item, ObjectNode) for m in item.members}
        if "Statement" not in names:
            return 'Write {"Version": "2012-10-17", "Statement": … } around it.'
        return "Take away the brackets around it." if len(items) == 1 else "Keep each policy in a document of its own."
    return "Write a policy."
