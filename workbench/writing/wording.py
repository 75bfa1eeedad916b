"""What the elements and the condition operators of a policy mean, in a sentence each."""

from __future__ import annotations

from workbench.policy.operators import Family, Operator, Qualifier

ELEMENTS = {
    "Version": "The version of the policy language. Policy variables work with 2012-10-17 only.",
    "Id": "A name for the document, for people; it decides nothing.",
    "Statement": "One statement or a list of them. Any Deny that applies wins; without an Allow nothing is allowed.",
    "Sid": "A name for the statement, for people; it decides nothing.",
    "Effect": "Allow or Deny: what the statement does to the requests it applies to.",
    "Principal": "Whom the statement is about: accounts, roles, users, services, or * for everyone.",
    "NotPrincipal": "The statement is about everyone except these principals.",
    "Action": "The API operations the statement is about; * and ? stand for any text and any character.",
    "NotAction": "The statement is about every action of every service except these.",
    "Resource": "The ARNs of the resources the statement is about.",
    "NotResource": "The statement is about every resource except these.",
    "Condition": "All operators and keys must hold for the statement to apply; of the values of a key one suffices.",
}
"""Element → what it says. Source: IAM User Guide, JSON policy elements; spec grammar.md sections 2 and 3."""

PRINCIPAL_KINDS = {
    "AWS": "Accounts, users, roles and their sessions, by ARN or account number.",
    "Service": "AWS services, by their service principal such as sagemaker.amazonaws.com.",
    "Federated": "Users of an identity provider.",
    "CanonicalUser": "An account by its Amazon S3 canonical user ID.",
}

_TESTS = {
    "equals": ("equals", "Upper and lower case differ; * is no wildcard."),
    "equals-ignoring-case": ("equals", "Upper and lower case are the same; * is no wildcard."),
    "like": ("fits", "* is any text, ? any one character; upper and lower case differ."),
    "==": ("equals", ""),
    "<": ("is less than", ""),
    "<=": ("is at most", ""),
    ">": ("is greater than", ""),
    ">=": ("is at least", ""),
    "same": ("is the same as", "Anything but true reads as false."),
    "in": ("is an address in", "An address alone is a range of one."),
}
_ARN_TEST = ("fits", "Compared part by part: * and ? never cross the first five colons.")


def operator_sentences(operator: Operator) -> tuple[str, ...]:
    """When a condition with the operator holds: for a key that is there, then for one that is absent. Source: spec
    conditions.md sections 1 to 3."""
    if operator.base.name == "Null":
        return _null(operator)
    negated = operator.base.negated
    verb, note = _ARN_TEST if operator.base.family is Family.ARN else _TESTS[operator.base.test]
    said = f"{verb} {'none of the values here' if negated else 'one of the values here'}"
    match operator.qualifier:
        case Qualifier.FOR_ALL:
            present = f"Holds if every value the request has for the key {said}, and also if it has none."
        case Qualifier.FOR_ANY:
            present = f"Holds if at least one value the request has for the key {said}."
        case _:
            present = f"Holds if the value of the key {said}."
    return tuple(sentence for sentence in (present, note, _absent(operator)) if sentence)


def _absent(operator: Operator) -> str:
    if operator.qualifier is Qualifier.FOR_ALL:
        return "If the key is absent it holds: add Null false for the key to ask for at least one value."
    if operator.if_exists:
        mark = " (inferred)" if operator.qualifier is Qualifier.FOR_ANY else ""
        return f"If the key is absent it holds{mark}: that is what IfExists says."
    if operator.qualifier is Qualifier.FOR_ANY or not operator.base.negated:
        return "If the key is absent it does not hold."
    return "If the key is absent it holds, for then it is none of the values."


def _null(operator: Operator) -> tuple[str, ...]:
    if operator.qualifier is Qualifier.FOR_ALL:
        return ("ForAllValues:Null always holds: it tests nothing.",)
    if operator.qualifier is Qualifier.FOR_ANY:
        return ("ForAnyValue:Null never holds.",)
    return (
        "With true it holds if the request does not carry the key, with false if it does.",
        "An empty list counts as absent (inferred).",
    )
