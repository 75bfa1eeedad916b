"""IP ranges in conditions: malformed, private, untidy. Source: spec findings.md section 2."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator

from workbench.document.edits import Edit, apply_edits, remove_items
from workbench.document.nodes import ArrayNode, StringNode
from workbench.evaluation.values import Network, read_network
from workbench.findings import fixes
from workbench.findings.condition_edits import move_test
from workbench.findings.context import Check, CheckContext
from workbench.findings.model import Confidence, Finding, Fix
from workbench.findings.places import condition_value_node
from workbench.policy.model import ConditionTest, ConditionValue, Effect, Policy, Statement
from workbench.policy.operators import Family

# Beyond RFC 1918 the list is inferred (findings.md section 2, PRIVATE_IP_ADDRESS).
_PRIVATE = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "127.0.0.0/8", "169.254.0.0/16", "100.64.0.0/10"),
        *("fc00::/7", "fe80::/10", "::1/128"),
    )
)


_OF_RFC_1918 = 3
_FIXES_THE_VPC = frozenset({"aws:sourcevpc", "aws:sourcevpce", "aws:sourcevpcarn"})


def _is_private(network: Network, ranges: tuple[Network, ...] = _PRIVATE) -> bool:
    return any(
        network.version == private.version and network.subnet_of(private)  # type: ignore[arg-type]
        for private in ranges
    )


def ip_ranges(context: CheckContext) -> Iterator[Finding]:
    """Values under IpAddress and NotIpAddress."""
    for statement, test in context.tests():
        operator = test.operator
        if operator is None or operator.base.family is not Family.IP:
            continue
        read: list[tuple[ConditionValue, Network]] = []
        unread = False
        for value in test.values:
            if context.templated(value.node) or ("${" in value.text and context.policy.variables_active):
                unread = True
                continue
            network = read_network(value.text)
            if network is None:
                unread = True
                yield context.report(
                    "TYPE_MISMATCH_IP_RANGE",
                    f"The value {fixes.quoted(value.text)} of {test.key} is no IP address or CIDR range. Write it like "
                    "203.0.113.0/24.",
                    value.place,
                )
                continue
            read.append((value, network))
            yield from _host_bits(context, test, value, network)
        if test.key.lower() == "aws:sourceip" and not unread:
            yield from _private(context, statement, test, read, negated=operator.base.negated)


def without_private(policy: Policy) -> str:
    """The policy's text without the private ranges (RFC 1918) that stand among public ones under aws:SourceIp. It
    gives the same access: "aws:SourceIp … works only for public IP address ranges" (IAM User Guide, global keys)."""
    edits: list[Edit] = []
    for statement in policy.statements:
        for test in statement.conditions:
            node = condition_value_node(statement, test)
            if (
                test.key.lower() != "aws:sourceip"
                or test.operator is None
                or test.operator.base.family is not Family.IP
                or not isinstance(node, ArrayNode)
            ):
                continue
            networks = [read_network(item.value) if isinstance(item, StringNode) else None for item in node.items]
            gone = [i for i, n in enumerate(networks) if n is not None and _is_private(n, _PRIVATE[:_OF_RFC_1918])]
            if 0 < len(gone) < len(networks):
                edits += remove_items(node, gone)
    return apply_edits(policy.document.text, sorted(edits, key=lambda edit: edit.span))


def _host_bits(
    context: CheckContext, test: ConditionTest, value: ConditionValue, network: Network
) -> Iterator[Finding]:
    address, slash, _ = value.text.partition("/")
    if not slash or ipaddress.ip_address(address) == network.network_address or not isinstance(value.node, StringNode):
        return
    yield context.report(
        "IMPROVE_IP_RANGE",
        f"The range {value.text} of {test.key} does not start at its network address. Write {network}.",
        value.place,
        fixes=(fixes.replace_string(f"Write {network}", value.node, str(network)),),
    )


def _private(
    context: CheckContext,
    statement: Statement,
    test: ConditionTest,
    read: list[tuple[ConditionValue, Network]],
    *,
    negated: bool,
) -> Iterator[Finding]:
    private = [value for value, network in read if _is_private(network)]
    plain = [value for value, network in read if _is_private(network, _PRIVATE[:_OF_RFC_1918])]
    whole = len(private) == len(read)
    middle = "NOT_IP_ADDRESS" if negated else "IP_ADDRESS"
    for value in private:
        if not whole:
            yield context.report(
                f"PRIVATE_{middle}_SUBSET",
                f"{value.text} is private, and {test.key} only ever holds public addresses. Remove it.",
                value.place,
                confidence=None if value in plain else Confidence.INFERRED,
                fixes=_remove(statement, test, value),
            )
        else:
            outcome = "is always true" if negated else "is never true"
            yield context.report(
                f"PRIVATE_{middle}",
                f"{value.text} is private, and {test.key} only ever holds public addresses, so the test {outcome}. "
                "Use aws:VpcSourceIp for addresses inside a VPC.",
                value.place,
                confidence=None if value in plain else Confidence.INFERRED,
                fixes=_inside_the_vpc(context, statement, test) if not negated else (),
            )


def _inside_the_vpc(context: CheckContext, statement: Statement, test: ConditionTest) -> tuple[Fix, ...]:
    label = f"Replace {test.key} by aws:VpcSourceIp"
    mend = move_test(label, context.text, statement, test, test.operator_node.value, "aws:VpcSourceIp")
    return (mend,) if mend else ()


def _remove(statement: Statement, test: ConditionTest, value: ConditionValue) -> tuple[Fix, ...]:
    node = condition_value_node(statement, test)
    if not isinstance(node, ArrayNode):
        return ()
    index = next((i for i, item in enumerate(node.items) if item.start == value.node.start), None)
    return () if index is None else (fixes.remove_items(f"Remove {value.text}", node, [index]),)


def paired_keys(context: CheckContext) -> Iterator[Finding]:
    """A private address says nothing unless the VPC is fixed too: every VPC may use the same ranges."""
    for statement, test in context.tests():
        if statement.effect is not Effect.ALLOW or test.key.lower() != "aws:vpcsourceip" or test.operator is None:
            continue
        operator = test.operator
        if operator.base.negated or operator.if_exists or operator.base.family is Family.EXISTENCE:
            continue
        if any(other.key.lower() in _FIXES_THE_VPC for other in statement.conditions):
            continue
        yield context.report(
            "MISSING_PAIRED_CONDITION_KEYS",
            f"{test.key} alone fits callers in any VPC that uses this range. Test aws:SourceVpc or aws:SourceVpce "
            "beside it.",
            test.key_place,
        )


CHECKS = (
    Check(
        "IP ranges",
        (
            "TYPE_MISMATCH_IP_RANGE",
            "IMPROVE_IP_RANGE",
            "PRIVATE_IP_ADDRESS",
            "PRIVATE_IP_ADDRESS_SUBSET",
            "PRIVATE_NOT_IP_ADDRESS",
            "PRIVATE_NOT_IP_ADDRESS_SUBSET",
        ),
        ip_ranges,
        local=True,
    ),
    Check("paired condition keys", ("MISSING_PAIRED_CONDITION_KEYS",), paired_keys, local=True),
)
