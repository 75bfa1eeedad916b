"""From a scenario's JSON to a Scenario. Source: design.md section 4.

Read with our own parser, so that the policies inside keep their duplicate keys and their places: a policy's text is the
slice of the scenario it stands in, and positions in an answer are within that text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from workbench.document.nodes import ArrayNode, LiteralNode, Node, NumberNode, ObjectNode, StringNode
from workbench.document.parser import parse
from workbench.document.problems import told_of
from workbench.errors import ScenarioError
from workbench.evaluation.calls import check_role, check_service, read_action
from workbench.evaluation.decision import Outcome
from workbench.evaluation.request import (
    ContextValue,
    Level,
    NamedPolicy,
    PassedRole,
    PolicySet,
    Principal,
    Request,
    Scenario,
)
from workbench.policy.names import near_match
from workbench.policy.reader import scalar_text

_SCENARIO_KEYS = ("id", "title", "request", "policies", "expect", "managementAccount")
_REQUEST_KEYS = (
    "principal",
    "action",
    "resource",
    "resourceAccount",
    "context",
    "unknown",
    "absent",
    "federatedBy",
    "tags",
    "passRole",
    "studio",
    "alone",
)
_POLICY_KEYS = (
    "identity",
    "permissionsBoundary",
    "session",
    "resource",
    "serviceControl",
    "resourceControl",
    "vpcEndpoint",
)


class UnreadableScenarioError(Exception):
    """A scenario that cannot be read: its id where that much could be, and the error."""

    def __init__(self, scenario_id: str, error: ScenarioError) -> None:
        super().__init__(scenario_id, error)
        self.id, self.error = scenario_id, error


def read_scenario(text: str, load: Callable[[str], str] | None = None) -> Scenario:
    """The scenario in a JSON text. `load` gives the text of a policy named by `"file"` (in a project); without it such
    a reference is an error. Raises UnreadableScenarioError, never anything else."""
    document = parse(text)
    root = document.root
    name = ""
    if isinstance(root, ObjectNode):
        named = [m.value for m in root.members if m.key.value == "id"]
        texts = [_text(value, "id") for value in named if isinstance(value, StringNode | NumberNode)]
        name = texts[0] if texts else ""
    if document.problems:
        problem = document.problems[0]
        place = document.position(problem.start).for_people()
        raise UnreadableScenarioError(
            name, ScenarioError(f"This is not JSON ({place}): {told_of(problem, 'scenario')}")
        )
    try:
        return _Reader(text, load).scenario(root, name)
    except ScenarioError as error:
        raise UnreadableScenarioError(name, error) from None


def read_policies(text: str, load: Callable[[str], str] | None = None) -> PolicySet:
    """The `policies` object of a scenario by itself, from JSON text; a whole scenario gives its own. Raises
    ScenarioError with the path of what cannot be read."""
    document = parse(text)
    root = document.root
    if document.problems:
        problem = document.problems[0]
        place = document.position(problem.start).for_people()
        raise ScenarioError(f"This is not JSON ({place}): {told_of(problem, 'policies object')}")
    if isinstance(root, ObjectNode) and any(m.key.value == "policies" for m in root.members):
        root = _members(root, "", _SCENARIO_KEYS)["policies"]
    if not isinstance(root, ObjectNode):
        raise ScenarioError("Policies must be a JSON object with identity, serviceControl and so on.", "policies")
    return _Reader(text, load).policies(root)


class _Reader:
    def __init__(self, text: str, load: Callable[[str], str] | None) -> None:
        self.text = text
        self.load = load

    def scenario(self, root: Node | None, name: str) -> Scenario:
        members = _members(root, "", _SCENARIO_KEYS)
        if "request" not in members:
            raise ScenarioError("The scenario has no request.", "request")
        expect = _text(members.get("expect"), "expect")
        if expect and expect not in tuple(Outcome):
            raise ScenarioError(f"expect must be one of {', '.join(Outcome)}.", "expect")
        return Scenario(
            request=self.request(members["request"]),
            policies=self.policies(members.get("policies")),
            id=name or _text(members.get("id"), "id"),
            title=_text(members.get("title"), "title"),
            expect=expect,
            management_account=_account(members.get("managementAccount"), "managementAccount"),
        )

    def request(self, node: Node) -> Request:
        members = _members(node, "request", _REQUEST_KEYS)
        if "action" not in members:
            raise ScenarioError("The request has no action.", "request.action")
        context = _context(members.get("context"), "request.context")
        tags = _tags(members.get("tags"))
        unknown = _keys(members.get("unknown"), "request.unknown")
        absent = _keys(members.get("absent"), "request.absent")
        _check_keys(context, tags, unknown, absent)
        return Request(
            principal=_principal(members.get("principal")),
            action=read_action(_text(members["action"], "request.action")),
            resources=_resources(members.get("resource")),
            resource_account=_account(members.get("resourceAccount"), "request.resourceAccount"),
            context=context,
            unknown=frozenset(unknown),
            absent=frozenset(absent),
            federated_by=_text(members.get("federatedBy"), "request.federatedBy"),
            tags=tags,
            pass_role=_pass_role(members.get("passRole")),
            studio=_flag(members.get("studio"), "request.studio"),
            alone=_flag(members.get("alone"), "request.alone"),
        )

    def policies(self, node: Node | None) -> PolicySet:
        if _is_absent(node):
            return PolicySet()
        members = _members(node, "policies", _POLICY_KEYS)

        def one(key: str) -> NamedPolicy | None:
            value = members.get(key)
            return None if _is_absent(value) else self.policy(value, f"policies.{key}", key)

        def many(key: str) -> tuple[NamedPolicy, ...]:
            return self.policy_list(members.get(key), f"policies.{key}", key)

        return PolicySet(
            identity=many("identity"),
            permissions_boundary=one("permissionsBoundary"),
            session=many("session") or None,
            resource=one("resource"),
            service_control=self.levels(members.get("serviceControl"), "policies.serviceControl"),
            resource_control=self.levels(members.get("resourceControl"), "policies.resourceControl"),
            vpc_endpoint=one("vpcEndpoint"),
        )

    def policy_list(self, node: Node | None, path: str, word: str) -> tuple[NamedPolicy, ...]:
        if _is_absent(node):
            return ()
        if isinstance(node, ObjectNode):
            return (self.policy(node, path, word),)
        items = _items(node, path)
        return tuple(self.policy(item, f"{path}[{i}]", f"{word} {i + 1}") for i, item in enumerate(items))

    def policy(self, node: Node | None, path: str, word: str) -> NamedPolicy:
        members = _members(node, path, ("name", "document", "file"))
        name = _text(members.get("name"), f"{path}.name")
        if "document" in members:
            document = members["document"]
            if isinstance(document, StringNode):
                return NamedPolicy(name or word, document.value)
            if isinstance(document, ObjectNode | ArrayNode):
                return NamedPolicy(name or word, self.text[document.start : document.end])
            raise ScenarioError("A policy document must be an object or its JSON text.", f"{path}.document")
        file = _text(members.get("file"), f"{path}.file")
        if not file or self.load is None:
            raise ScenarioError("The policy has no document.", f"{path}.document")
        return NamedPolicy(name or file.rpartition("/")[2].removesuffix(".json"), self.load(file))

    def levels(self, node: Node | None, path: str) -> tuple[Level, ...] | None:
        if _is_absent(node):
            return None
        levels = []
        for i, item in enumerate(_items(node, path)):
            at = f"{path}[{i}]"
            members = _members(item, at, ("target", "policies"))
            policies = self.policy_list(members.get("policies"), f"{at}.policies", "policy")
            levels.append(Level(_text(members.get("target"), f"{at}.target"), policies))
        return tuple(levels)


def _is_absent(node: Node | None) -> bool:
    return node is None or (isinstance(node, LiteralNode) and node.value is None)


def _members(node: Node | None, path: str, known: Iterable[str] | None) -> dict[str, Node]:
    """An object's members by name; unknown names (where `known` says which are known) and duplicates are errors."""
    if not isinstance(node, ObjectNode):
        raise ScenarioError("This must be a JSON object.", path)
    members: dict[str, Node] = {}
    for member in node.members:
        key = member.key.value
        inner = f"{path}.{key}" if path else key
        if key in members:
            raise ScenarioError(f"{key!r} stands twice.", inner)
        if known is not None and key not in known:
            guess = near_match(key, known)
            hint = f"Did you mean {guess!r}?" if guess else f"Known are {', '.join(known)}."
            raise ScenarioError(f"There is no key {key!r} here. {hint}", inner)
        members[key] = member.value
    return members


def _items(node: Node | None, path: str) -> tuple[Node, ...]:
    if not isinstance(node, ArrayNode):
        raise ScenarioError("This must be a list.", path)
    return node.items


def _text(node: Node | None, path: str) -> str:
    """A string, or a number as written (accounts and ids come as either); absent is the empty text."""
    if _is_absent(node):
        return ""
    if isinstance(node, StringNode):
        return node.value
    if isinstance(node, NumberNode):
        return node.text
    raise ScenarioError("This must be a string.", path)


def _account(node: Node | None, path: str) -> str:
    text = _text(node, path)
    if text and not (len(text) == 12 and text.isascii() and text.isdigit()):
        raise ScenarioError("An account is 12 digits.", path)
    return text


def _flag(node: Node | None, path: str) -> bool:
    if _is_absent(node):
        return False
    if isinstance(node, LiteralNode) and node.value is not None:
        return node.value
    raise ScenarioError("This must be true or false.", path)


def _texts(node: Node | None, path: str) -> tuple[str, ...]:
    if _is_absent(node):
        return ()
    if isinstance(node, StringNode):
        return (node.value,)
    return tuple(_text(item, f"{path}[{i}]") for i, item in enumerate(_items(node, path)))


def _principal(node: Node | None) -> Principal:
    if node is None or _is_absent(node):
        raise ScenarioError("The request has no principal.", "request.principal")
    if isinstance(node, StringNode):
        if not node.value:
            raise ScenarioError('The principal is empty; an anonymous caller is "*".', "request.principal")
        return Principal(arn=node.value)
    members = _members(node, "request.principal", ("service", "federated"))
    if len(members) != 1:
        raise ScenarioError("Name one service or one federated provider.", "request.principal")
    [(kind, value)] = members.items()
    text = _text(value, f"request.principal.{kind}")
    if not text:
        raise ScenarioError("Name the service or the provider.", f"request.principal.{kind}")
    return Principal(service=text) if kind == "service" else Principal(federated=text)


def _resources(node: Node | None) -> tuple[str, ...]:
    if isinstance(node, ArrayNode):
        resources = _texts(node, "request.resource")
        if not resources or not all(resources):
            raise ScenarioError("Name at least one resource, and no empty ones.", "request.resource")
        return resources
    return (_text(node, "request.resource") or "*",)


def _tags(node: Node | None) -> dict[str, str]:
    if _is_absent(node):
        return {}
    return {k: _text(v, f"request.tags.{k}") for k, v in _members(node, "request.tags", None).items()}


def _keys(node: Node | None, path: str) -> tuple[str, ...]:
    """Names of context keys."""
    keys = _texts(node, path)
    for i, key in enumerate(keys):
        if not key:
            raise ScenarioError("Name the key.", path if isinstance(node, StringNode) else f"{path}[{i}]")
    return keys


def _check_keys(context: Iterable[str], tags: Iterable[str], unknown: tuple[str, ...], absent: tuple[str, ...]) -> None:
    """Raises ScenarioError for a key that is said to be two of: sent, not known, not there."""
    stated = {key.lower() for key in context}
    sent = {f"aws:requesttag/{key}".lower() for key in tags}
    for path, keys, word in (("unknown", unknown, "said to be unknown"), ("absent", absent, "said to be absent")):
        for key in keys:
            if key.lower() in stated:
                raise ScenarioError(f"{key} is both stated in the context and {word}.", f"request.{path}")
            if key.lower() in sent:
                raise ScenarioError(f"{key} is both sent as a tag and {word}.", f"request.{path}")
    missing = {key.lower() for key in absent}
    if both := [key for key in unknown if key.lower() in missing]:
        raise ScenarioError(f"{both[0]} is said to be both unknown and absent.", "request.unknown")


def _pass_role(node: Node | None) -> PassedRole | None:
    if _is_absent(node):
        return None
    if isinstance(node, StringNode):
        check_role(node.value, "request.passRole")
        return PassedRole(node.value)
    members = _members(node, "request.passRole", ("arn", "service"))
    arn = _text(members.get("arn"), "request.passRole.arn")
    service = _text(members.get("service"), "request.passRole.service")
    if not arn:
        raise ScenarioError("Name the role that the call hands over.", "request.passRole.arn")
    check_role(arn, "request.passRole.arn")
    check_service(service, "request.passRole.service")
    return PassedRole(arn, service)


def _context(node: Node | None, path: str) -> dict[str, ContextValue]:
    if _is_absent(node):
        return {}
    context: dict[str, ContextValue] = {}
    for key, value in _members(node, path, None).items():
        at = f"{path}.{key}"
        if isinstance(value, ArrayNode):
            context[key] = tuple(_scalar(item, f"{at}[{i}]") for i, item in enumerate(value.items))
        else:
            context[key] = _scalar(value, at)
    return context


def _scalar(node: Node, path: str) -> str:
    text = scalar_text(node)
    if text is None:
        raise ScenarioError("A context value must be a string, a number, a Boolean or a list of them.", path)
    return text
