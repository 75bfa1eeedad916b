"""From the request of AWS's policy simulator to scenarios, one for each action and resource.

In: the JSON of a SimulateCustomPolicy request, or of a SimulatePrincipalPolicy request with its policies in it, since
there is no account to fetch them from. Source: AWS's API reference of both, design.md section 4. Read with our own
parser, so that policies keep their places and duplicate keys, and every error has a line and a column.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from workbench.document.nodes import ArrayNode, Document, LiteralNode, Node, NumberNode, ObjectNode, StringNode
from workbench.document.parser import parse
from workbench.document.problems import told_of
from workbench.errors import ScenarioError, WorkbenchError
from workbench.evaluation.calls import read_action
from workbench.evaluation.request import ContextValue, Level, NamedPolicy, PolicySet, Principal, Request, Scenario
from workbench.evaluation.services import TRUST_ACTIONS, UNSIGNED_ACTIONS, is_on_kms_key
from workbench.evaluation.values import read_address, read_base64, read_date, read_number, text_of_bytes
from workbench.policy.arns import Arn, parse_arn
from workbench.policy.guess import guess_kind
from workbench.policy.kinds import PolicyKind
from workbench.policy.names import near_match
from workbench.policy.reader import read, scalar_text

_POLICIES, _BOUNDARY, _SCPS = (
    "PolicyInputList",
    "PermissionsBoundaryPolicyInputList",
    "OrderedOrganizationPolicyInputList",
)
_KEYS = (
    "PolicySourceArn",
    _POLICIES,
    _BOUNDARY,
    _SCPS,
    "PolicyExclusionList",
    "ActionNames",
    "ResourceArns",
    "ResourcePolicy",
    "ResourceOwner",
    "CallerArn",
    "ContextEntries",
    "ResourceHandlingOption",
    "MaxItems",
    "Marker",
)
_LEVEL_KEYS = ("ServiceControlPolicyInputList",)
_EXCLUSION_KEYS = ("PolicyType", "PolicyArn", "InlinePolicyIdentifier")
_MOST_ITEMS = 1_000
_NAME_LENGTHS = range(5, 257)
_ENTRY_KEYS = ("ContextKeyName", "ContextKeyValues", "ContextKeyType")
_READS: dict[str, tuple[str, Callable[[str], bool]]] = {
    "string": ("a string", lambda _: True),
    "numeric": ("a number", lambda text: read_number(text) is not None),
    "boolean": ("true or false", lambda text: text.lower() in ("true", "false")),
    "ip": ("an IP address", lambda text: read_address(text) is not None),
    "binary": ("base64", lambda text: read_base64(text) is not None),
    "date": ("a date such as 2026-11-24T12:00:00Z", lambda text: read_date(text) is not None),
}
_TYPES = tuple(name + form for name in _READS for form in ("", "List"))
_NO_ACCOUNT = (
    "There is no account to fetch the policies of PolicySourceArn from; give their documents in PolicyInputList."
)
_NO_POLICIES = "The caller's attached policies are not known here: only the policies in the request were consulted."
_NOT_OF_ROLE = (
    "ResourcePolicy is no role trust policy, so it has no say in {action}: it was not consulted. Ask for {action} by "
    "itself, with the trust policy of the role."
)
_OF_ROLE = "ResourcePolicy is a role trust policy, which has no say in {action}: it was not consulted."
_SECURE_TRANSPORT = "aws:SecureTransport"
_SECURE_NOTE = (
    f"{_SECURE_TRANSPORT} is taken to be true, as for every call over HTTPS; AWS's simulator takes it as missing. Give "
    "it in ContextEntries to ask of another."
)
_EXAMPLE_ACCOUNT = "111122223333"
_NOT_DERIVED = frozenset({"aws:username", "aws:userid", "aws:PrincipalArn", "aws:PrincipalAccount"})
"""What would say the name or account of a caller whom nobody named; such keys are missing unless they are given, and
so is the account of a resource of which nothing says it."""


class UnreadableRequestError(WorkbenchError):
    """A request that cannot be read or judged: `message` is one plain sentence, `path` the place in it, `place`
    its line and column, both from 1."""

    def __init__(self, message: str, path: str, place: str) -> None:
        super().__init__(message, path, place)
        self.message, self.path, self.place = message, path, place

    def __str__(self) -> str:
        return f"{self.place}: {self.path}: {self.message}" if self.path else f"{self.place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Pair:
    """One action on one resource, as a scenario; `notes` say what was assumed for it."""

    scenario: Scenario
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Simulation:
    """A whole request. `pairs` in the order of AWS's answer: all resources of the first action, then of the next."""

    pairs: tuple[Pair, ...]
    notes: tuple[str, ...]
    places: tuple[tuple[str, str, str], ...]

    def located(self, error: ScenarioError) -> UnreadableRequestError:
        """An error of judging one of the pairs, at its place in the request."""
        for inner, path, place in self.places:
            if error.path.startswith(inner):
                rest = error.path[len(inner) :].removeprefix(".document")
                # The path says which policy it is; its name in AWS's answer counts from 1 and would confuse here.
                message = re.sub(r"^The policy \S+ cannot", "The policy cannot", error.message)
                return UnreadableRequestError(message, path + rest, place)
        return UnreadableRequestError(error.message, "", "1:1")


def read_simulation(text: str) -> Simulation:
    """The simulation that a request's JSON asks for. Raises UnreadableRequestError, never anything else."""
    document = parse(text)
    if document.problems:
        problem = document.problems[0]
        place = document.position(problem.start).for_people()
        raise UnreadableRequestError(f"This is not JSON: {told_of(problem, 'request')}", "", place)
    return _Reader(document).simulation()


class _Reader:
    """Reads one request; every method raises UnreadableRequestError with the place of what is wrong."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.places: list[tuple[str, str, str]] = []
        self.notes: list[str] = []

    # -- JSON -----------------------------------------------------------------------------------------------------

    def place(self, node: Node | None) -> str:
        return self.document.position(node.start if node else 0).for_people()

    def wrong(self, message: str, path: str, node: Node | None) -> UnreadableRequestError:
        return UnreadableRequestError(message, path, self.place(node))

    def members(self, node: Node | None, path: str, known: tuple[str, ...]) -> dict[str, Node]:
        """An object's members by name, without those that are null; unknown names and duplicates are errors."""
        if not isinstance(node, ObjectNode):
            raise self.wrong("This must be a JSON object.", path, node)
        found: dict[str, Node] = {}
        seen: set[str] = set()
        for key, value in node.members:
            name = key.value
            inner = f"{path}.{name}" if path else name
            if name in seen:
                raise self.wrong(f"{name!r} stands twice.", inner, key)
            if name not in known:
                guess = near_match(name, known)
                hint = f"Did you mean {guess!r}?" if guess else f"Known are {', '.join(known)}."
                raise self.wrong(f"There is no key {name!r} here. {hint}", inner, key)
            seen.add(name)
            if not (isinstance(value, LiteralNode) and value.value is None):
                found[name] = value
        return found

    def items(self, node: Node | None, path: str) -> list[tuple[str, Node]]:
        """A list's items, each with its path; none if there is no list."""
        if node is None:
            return []
        if not isinstance(node, ArrayNode):
            raise self.wrong("This must be a list.", path, node)
        return [(f"{path}[{i}]", item) for i, item in enumerate(node.items)]

    def text(self, node: Node | None, path: str) -> str:
        """A string; the empty text if it is not there."""
        if node is None:
            return ""
        if not isinstance(node, StringNode):
            raise self.wrong("This must be a string.", path, node)
        return node.value

    # -- the request ----------------------------------------------------------------------------------------------

    def simulation(self) -> Simulation:
        root = self.document.root
        members = self.members(root, "", _KEYS)
        callers = _Callers(self, members)
        policies = self.policy_set(root, members)
        actions = self.actions(root, members)
        resources = self.resources(members.get("ResourceArns"))
        context = self.context(members.get("ContextEntries"))
        self.accepted(members)
        if not {_SECURE_TRANSPORT.lower()} & {key.lower() for key in context} and _tests_transport(policies):
            self.notes.append(_SECURE_NOTE)
        pairs = []
        for action in actions:
            given, about = _with_say(action, policies)
            for resource in resources:
                request, notes = callers.request(action, resource, context)
                notes += (*about, *_about_resource_policy(request, given))
                pairs.append(Pair(Scenario(request, given, id=f"{action} {resource}"), tuple(notes)))
        return Simulation(tuple(pairs), tuple(self.notes), tuple(self.places))

    def policy_set(self, root: Node | None, members: dict[str, Node]) -> PolicySet:
        identity = self.policies(members.get(_POLICIES), _POLICIES, "policies.identity[{}]")
        if _POLICIES not in members and "PolicySourceArn" in members:
            raise self.wrong(_NO_ACCOUNT, "PolicySourceArn", members["PolicySourceArn"])
        if _POLICIES not in members:
            raise self.wrong("The request has no PolicyInputList.", "", root)
        if "PolicySourceArn" in members:
            self.notes.append(_NO_POLICIES)
        boundaries = self.policies(members.get(_BOUNDARY), _BOUNDARY, "policies.permissionsBoundary")
        if len(boundaries) > 1:
            raise self.wrong("A caller has one permissions boundary at most.", _BOUNDARY, members[_BOUNDARY])
        resource = members.get("ResourcePolicy")
        if isinstance(resource, StringNode) and not resource.value:
            resource = None
        levels = tuple(self.level(i, *item) for i, item in enumerate(self.items(members.get(_SCPS), _SCPS)))
        return PolicySet(
            identity=identity,
            permissions_boundary=boundaries[0] if boundaries else None,
            resource=self.policy(resource, "ResourcePolicy", "ResourcePolicy", "policies.resource")
            if resource
            else None,
            service_control=levels or None,
        )

    def policies(self, node: Node | None, path: str, inner: str, name: str = "") -> tuple[NamedPolicy, ...]:
        """The policies of a list, named as AWS's answer names them: from 1."""
        return tuple(
            self.policy(item, at, f"{name or path}.{i + 1}", inner.format(i))
            for i, (at, item) in enumerate(self.items(node, path))
        )

    def policy(self, node: Node, path: str, name: str, inner: str) -> NamedPolicy:
        self.places.append((inner, path, self.place(node)))
        if isinstance(node, StringNode):
            return NamedPolicy(name, node.value)
        if isinstance(node, ObjectNode):
            return NamedPolicy(name, self.document.text[node.start : node.end])
        raise self.wrong("A policy document must be its JSON text or an object.", path, node)

    def level(self, number: int, path: str, node: Node) -> Level:
        [key] = _LEVEL_KEYS
        name = f"{_SCPS}.{number + 1}"
        listed = self.members(node, path, _LEVEL_KEYS).get(key)
        inner = f"policies.serviceControl[{number}].policies[{{}}]"
        return Level(name, self.policies(listed, f"{path}.{key}", inner, f"{name}.{key}"))

    def actions(self, root: Node | None, members: dict[str, Node]) -> list[str]:
        named = []
        for path, node in self.items(members.get("ActionNames"), "ActionNames"):
            try:
                named.append(read_action(self.text(node, path)))
            except ScenarioError as error:
                raise self.wrong(error.message, path, node) from None
        if not named:
            raise self.wrong("Name at least one action in ActionNames.", "", members.get("ActionNames", root))
        return named

    def resources(self, node: Node | None) -> list[str]:
        named = []
        for path, item in self.items(node, "ResourceArns"):
            arn = self.text(item, path)
            if arn != "*" and parse_arn(arn) is None:
                raise self.wrong(f"{arn!r} is neither the ARN of a resource nor *.", path, item)
            named.append(arn)
        return named or ["*"]

    def context(self, node: Node | None) -> dict[str, ContextValue]:
        context: dict[str, ContextValue] = {}
        seen: set[str] = set()
        for path, item in self.items(node, "ContextEntries"):
            members = self.members(item, path, _ENTRY_KEYS)
            key = self.text(members.get("ContextKeyName"), f"{path}.ContextKeyName")
            if not key:
                raise self.wrong("The entry has no ContextKeyName.", path, item)
            if len(key) not in _NAME_LENGTHS:
                raise self.wrong(f"{key!r} is no key: a name has 5 to 256 characters.", f"{path}.ContextKeyName", item)
            if key.lower() in seen:
                raise self.wrong(f"There are two entries for {key}.", path, item)
            seen.add(key.lower())
            context[key] = self.values(members, path, item)
        return context

    def values(self, members: dict[str, Node], path: str, entry: Node) -> ContextValue:
        """The value of one entry: of a *List type a list, of another one text; of a binary type the bytes."""
        listed = members.get("ContextKeyValues")
        values = [self.scalar(item, at) for at, item in self.items(listed, f"{path}.ContextKeyValues")]
        written = members.get("ContextKeyType")
        kind = self.text(written, f"{path}.ContextKeyType") or ("stringList" if len(values) > 1 else "string")
        if kind not in _TYPES:
            raise self.wrong(
                f"There is no type {kind!r}; known are {', '.join(_TYPES)}.", f"{path}.ContextKeyType", written
            )
        word, readable = _READS[kind.removesuffix("List")]
        for value, (at, item) in zip(values, self.items(listed, f"{path}.ContextKeyValues"), strict=True):
            if not readable(value):
                raise self.wrong(f"{value!r} is not {word}, as the type {kind} says.", at, item)
        if listed is None:
            raise self.wrong("The entry has no ContextKeyValues.", path, entry)
        if kind.startswith("binary"):
            values = [text_of_bytes(read_base64(value) or b"") for value in values]
        if kind.endswith("List"):
            return tuple(values)
        if len(values) != 1:
            count = f"{len(values)} values" if values else "no value"
            hint = f"; the type of several is {kind}List." if values else "."
            raise self.wrong(f"The type {kind} takes one value and the entry has {count}{hint}", path, listed)
        return values[0]

    def scalar(self, node: Node, path: str) -> str:
        text = scalar_text(node)
        if text is None:
            raise self.wrong("A context value must be a string, a number or a Boolean.", path, node)
        return text

    def accepted(self, members: dict[str, Node]) -> None:
        """Check and note what the request may carry and what changes nothing here."""
        if option := self.text(members.get("ResourceHandlingOption"), "ResourceHandlingOption"):
            self.notes.append(
                f"ResourceHandlingOption {option} is not modelled: every resource is judged by itself, and none is "
                "required."
            )
        excluded = self.items(members.get("PolicyExclusionList"), "PolicyExclusionList")
        for path, item in excluded:
            self.members(item, path, _EXCLUSION_KEYS)
        if excluded:
            self.notes.append(
                "PolicyExclusionList takes attached policies away; none are attached here, so it changes nothing."
            )
        most = members.get("MaxItems")
        if most is not None and not (isinstance(most, NumberNode) and most.text in map(str, range(1, _MOST_ITEMS + 1))):
            raise self.wrong(f"MaxItems must be a whole number from 1 to {_MOST_ITEMS}.", "MaxItems", most)
        if most is not None or self.text(members.get("Marker"), "Marker"):
            self.notes.append("All results stand in one answer; MaxItems and Marker change nothing.")


class _Callers:
    """Who asks, and who owns what is asked for. Source: AWS's API reference, CallerArn and ResourceOwner."""

    def __init__(self, reader: _Reader, members: dict[str, Node]) -> None:
        source = self._named(reader, members, "PolicySourceArn", ("user", "group", "role"))
        caller = self._named(reader, members, "CallerArn", ("user", "group", "role", "assumed-role"))
        self.named = caller or source
        self.owner, self.owner_partition = "", ""
        owner = members.get("ResourceOwner")
        if text := reader.text(owner, "ResourceOwner"):
            arn = parse_arn(text)
            self.owner = arn.account if arn else text
            self.owner_partition = arn.partition if arn else ""
            if not _is_account(self.owner):
                raise reader.wrong(
                    f"{text!r} is no account: write arn:aws:iam::{_EXAMPLE_ACCOUNT}:root.", "ResourceOwner", owner
                )
        if caller and caller[1].resource.startswith("assumed-role/"):
            reader.notes.append("AWS's simulator takes a user, group or role as CallerArn, not a role session.")

    @staticmethod
    def _named(reader: _Reader, members: dict[str, Node], key: str, kinds: tuple[str, ...]) -> tuple[str, Arn] | None:
        node = members.get(key)
        text = reader.text(node, key)
        if not text:
            return None
        arn = parse_arn(text)
        kind, _, name = arn.resource.partition("/") if arn else ("", "", "")
        service = "sts" if kind == "assumed-role" else "iam"
        whole = "/" in name.strip("/") if kind == "assumed-role" else bool(name.rpartition("/")[2])
        whole = whole and not set("*?") & set(text)
        if arn is None or kind not in kinds or arn.service != service or not _is_account(arn.account) or not whole:
            raise reader.wrong(f"{text!r} is not the ARN of a user, group or role.", key, node)
        return text, arn

    def request(self, action: str, resource: str, context: dict[str, ContextValue]) -> tuple[Request, list[str]]:
        """The request about one resource, and what was assumed about its caller."""
        arn = parse_arn(resource)
        in_arn = arn.account if arn and _is_account(arn.account) else ""
        partition = arn.partition if arn and "*" not in arn.partition else self.owner_partition or "aws"
        notes = []
        absent: frozenset[str] = frozenset()
        if self.named is not None and not self.named[1].resource.startswith("group/"):
            caller = self.named[0]
        else:
            known = in_arn or self.owner
            account = known or _EXAMPLE_ACCOUNT
            why = "CallerArn is not given"
            if self.named is not None:
                account, why = self.named[1].account, "A group makes no requests itself"
                known = account
            caller = f"arn:{partition}:iam::{account}:user/simulated"
            absent = _NOT_DERIVED if known else _NOT_DERIVED | {"aws:ResourceAccount"}
            notes.append(
                f"{why}: the caller is taken to be an IAM user of account {account}, and keys that hold a name or "
                "account of the caller are missing unless ContextEntries gives them."
            )
        request = Request(
            Principal(arn=caller),
            action,
            (resource,),
            resource_account="" if in_arn else self.owner,
            context=context,
            absent=absent,
            alone=True,
        )
        return request, notes


def _tests_transport(policies: PolicySet) -> bool:
    given = (*policies.identity, policies.permissions_boundary, policies.resource)
    levels = (policy for level in policies.service_control or () for policy in level.policies)
    return any(p is not None and _SECURE_TRANSPORT.lower() in p.text.lower() for p in (*given, *levels))


def _with_say(action: str, policies: PolicySet) -> tuple[PolicySet, list[str]]:
    """The policies that have a say in the action, and why a ResourcePolicy has none: one request asks for many actions
    and has one such policy, which is a role's or that of another resource. What cannot be read stays, to be refused."""
    if policies.resource is None:
        return policies, []
    document = parse(policies.resource.text)
    is_trust = guess_kind(document) is PolicyKind.TRUST
    if action.lower() in TRUST_ACTIONS and not document.problems and not is_trust and not _names_sts(document):
        return replace(policies, resource=None), [_NOT_OF_ROLE.format(action=action)]
    if action.lower() not in TRUST_ACTIONS and is_trust:
        return replace(policies, resource=None), [_OF_ROLE.format(action=action)]
    return policies, []


def _names_sts(document: Document) -> bool:
    """Whether an action of STS is in the policy: then it is meant to be a role's, however wrong it may be."""
    elements = (statement.actions for statement in read(document, PolicyKind.RESOURCE).statements)
    return any(item.text.lower().startswith("sts:") for e in elements if e is not None for item in e.items)


def _about_resource_policy(request: Request, policies: PolicySet) -> list[str]:
    """What a reader must know where AWS's simulator and the service take the resource's side differently."""
    action, [resource] = request.action.lower(), request.resources
    given = policies.resource is not None
    if action in TRUST_ACTIONS:
        notes = [
            "AWS's simulator does not evaluate a role's trust policy for sts:Assume*; the service does, and so does "
            "this answer."
        ]
        if not given:
            notes.append("No trust policy was given as ResourcePolicy, and a role cannot be assumed without one.")
        if action in UNSIGNED_ACTIONS:
            notes.append(f"{request.action} is called by an identity of a provider, which CallerArn cannot name.")
        return notes
    if given:
        return []
    if is_on_kms_key(action, resource):
        return ["No key policy was given as ResourcePolicy, and without one nobody may use a KMS key."]
    if owner_of(request, resource) != account_of(request):
        return [
            f"The resource belongs to account {owner_of(request, resource)}, and no ResourcePolicy was given that lets "
            "another account in."
        ]
    return []


def owner_of(request: Request, resource: str) -> str:
    """The account that owns `resource`, where the request is one of a Simulation."""
    arn = parse_arn(resource)
    in_arn = arn.account if arn and _is_account(arn.account) else ""
    return in_arn or request.resource_account or account_of(request)


def account_of(request: Request) -> str:
    """The account of the caller, where the request is one of a Simulation."""
    arn = parse_arn(request.principal.arn)
    return arn.account if arn else ""


def _is_account(text: str) -> bool:
    return len(text) == len(_EXAMPLE_ACCOUNT) and text.isascii() and text.isdigit()
