"""Properties of the parser: json's values on JSON, a sound tree and a message on everything else."""

from __future__ import annotations

import gc
import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.document.trees import check_spans, is_json, plain, reference
from workbench.document.nodes import ArrayNode, LiteralNode, MissingNode, NumberNode, ObjectNode, StringNode
from workbench.document.parser import parse
from workbench.document.problems import MOST_PROBLEMS
from workbench.document.recovery import recover

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.text(max_size=8), inner, max_size=5)
)
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "Lire\u00e9\n", "Effect": "Allow", "Action": ["s3:Get*", "sqs:*"], "Resource": "*"},
            {"Effect": "Deny", "NotAction": "s3:*", "Condition": {"Bool": {"a:b": True, "c": [1, -2.5e3, None]}}},
        ],
    },
    indent=1,
)
PIECES = (
    *"{}[],:\"\\'`#;=/-<$@\n\t \0",
    *("\r\n", '"a"', '"b\\n"', "\u201c", "\u2019", "-2.5e3", "true", "True", "NaN", "0x1F", "+1", ".5", "2012-10-17"),
    *(
        "//c\n",
        "/*",
        "*/",
        "#x\n",
        "${a.b}",
        "{{x}}",
        "<id>",
        "%(a)s",
        "foo",
        "Effect",
        "=>",
        "\u00a0",
        "\ufeff",
        "...",
    ),
    *(
        '"Statement":',
        '{"Effect":"Allow"}',
        "\\u12",
        "\\ud800",
        "\\ude00",
        '"x',
        "u'",
        "\u0663",
        "\U0001f600",
        "\ud83d",
    ),
)


def check(text: str) -> None:
    """Everything that must hold for any text."""
    document = parse(text)
    check_spans(document)
    assert (document.problems == ()) == is_json(text)
    if not document.problems:
        assert plain(document.root) == reference(text)
        slow = recover(text)
        assert slow.problems == ()
        assert slow.root == document.root
        assert document.more == ()


@given(VALUES, st.sampled_from([None, 2, "\t"]), st.booleans())
def test_json_is_read_as_json_reads_it(value: object, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    document = parse(text)
    assert document.problems == ()
    check(text)


@given(st.lists(st.sampled_from(PIECES), max_size=16))
@example(['{"a"', ":", '"b"', "\n", '"c"'])
@settings(max_examples=500)
def test_any_mixture_of_pieces_gives_a_sound_tree(pieces: list[str]) -> None:
    check("".join(pieces))


@given(st.text())
def test_any_text_gives_a_sound_tree(text: str) -> None:
    check(text)


@st.composite
def damaged(draw: st.DrawFn) -> str:
    text = POLICY
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.sampled_from(("", *PIECES))) + text[at + draw(st.integers(0, 5)) :]
    return text


@given(damaged())
@settings(max_examples=500)
def test_a_damaged_policy_gives_a_sound_tree(text: str) -> None:
    check(text)


def test_an_object_reaches_to_the_value_that_its_last_name_lacks() -> None:
    check('":[\nNotAction:,\n "Condition"{\n[\n]",,]}')


@pytest.mark.parametrize("at", range(len(POLICY)))
def test_a_policy_cut_off_anywhere_gives_one_problem_and_all_statements_so_far(at: int) -> None:
    text = POLICY[:at]
    document = parse(text)
    assert len(document.problems) == 1
    if at > POLICY.index("{", POLICY.index("Statement")):
        root = document.root
        assert isinstance(root, ObjectNode)
        statements = root.members[1].value
        assert isinstance(statements, ArrayNode)
        assert all(isinstance(statement, ObjectNode) for statement in statements.items)


# Text, and what is reported: the kind and the very characters it lies on.
MISTAKES = [
    ('{"a": 1 "b": 2}', [("missing-comma", " ")]),
    ('["a"\n"b"]', [("missing-comma", "\n")]),
    ('{"a": 1,}', [("trailing-comma", ",")]),
    ("[1,,2]", [("extra-comma", ",")]),
    ('{"a" 1}', [("missing-colon", " ")]),
    ('{"a"}', [("missing-value", "}")]),
    ('{"a":}', [("missing-value", "}")]),
    ('{"a":,"b":1}', [("missing-value", ",")]),
    ('{"a":\n"b":1}', [("missing-value", "\n")]),
    ("{: 1}", [("missing-name", ":")]),
    ('{"a": 1, [2]}', [("missing-name", "[")]),
    ('{"a"="b"}', [("wrong-separator", "=")]),
    ('{"a":1;"b":2}', [("wrong-separator", ";")]),
    ('{"a"::1}', [("extra-colon", ":")]),
    ('{"A":["x","y","R":"*"}', [("missing-closing-bracket", ",")]),
    ('[{"a":1,"b":2\n,{"c":3}]', [("missing-closing-brace", ",")]),
    ('[{"a":1,"b":2 {"c":3}]', [("missing-closing-brace", " ")]),
    ('{"S":[{"a":1}},{"b":2}]}', [("extra-closing-brace", "}")]),
    ('{"S":[{"a":["b"]],"c":"*"}]}', [("extra-closing-bracket", "]")]),
    ('{"S":[{"a":["b"}, "c":"*"}]}', [("wrong-bracket", "}")]),
    ('{"S":[{"a":1}\n]', [("cut-off", "")]),
    ('"V":"1","S":[]', [("missing-opening-brace", '"V"')]),
    ('{"S":[{"E":1},"E":2,"A":"x"}]}', [("missing-opening-brace", '"E"')]),
    ('{"a":1} {"b":2} {"c":3}', [("second-document", "{")]),
    ('{"a":1}\nDone.', [("text-after", "Done.")]),
    ("aws iam x --doc '{\"a\":1}'", [("text-before", "aws iam x --doc '"), ("text-after", "'")]),
    ('[me@host ~]$ cat x\n{"a":1}', [("text-before", "[me@host ~]$ cat x")]),
    ('```json\n{"a":1}\n```', [("text-before", "```json"), ("text-after", "```")]),
    ("Version: 2012-10-17\nStatement:\n", [("not-json", "Version: 2012-10-17")]),
    ("{'a': u'b'}", [("single-quotes", "'a'"), ("string-prefix", "u"), ("single-quotes", "'b'")]),
    ('{"a": \u201cb\u201d}', [("smart-quotes", "\u201cb\u201d")]),
    ('{"a": `b`}', [("backquotes", "`b`")]),
    ("{a: 1}", [("unquoted-name", "a")]),
    ('{aws:SourceIp: "x"}', [("unquoted-name", "aws:SourceIp")]),
    ('{"a": Allow, "b": s3:Get*}', [("unquoted-value", "Allow"), ("unquoted-value", "s3:Get*")]),
    ('{"a": True, "b": None}', [("foreign-literal", "True"), ("foreign-literal", "None")]),
    ("[007, +1, .5, 0x1F, 1_000]", [("bad-number", n) for n in ("007", "+1", ".5", "0x1F", "1_000")]),
    ("[NaN, -Infinity]", [("not-a-number", "NaN"), ("not-a-number", "-Infinity")]),
    ('{"V": 2012-10-17}', [("unquoted-date", "-10-17")]),
    ('{"a": <account-id>, "b": {{x}}}', [("placeholder", "<account-id>"), ("placeholder", "{{x}}")]),
    ('["arn:${x}", ${file("x")}]', [("placeholder", '${file("x")}')]),
    ('{"a": "b, "c": "d"}', [("unterminated-string", '"b')]),
    ('{"A": ["x", "y],\n"R": "*"}', [("unterminated-string", '"y')]),
    ('{"a": "b${c},\n"R": "*"}', [("unterminated-string", '"b${c}')]),
    ('{Effect": "Allow"}', [("missing-opening-quote", 'Effect"')]),
    ('{"a": "say "hi" now", "b": 1}', [("quote-in-string", '"'), ("quote-in-string", '"')]),
    ('["a\tb", "c\nd"]', [("control-character", "\t"), ("line-break-in-string", "\n")]),
    ('["\\d", "\\u12"]', [("bad-escape", "\\d"), ("bad-escape", "\\u")]),
    ("[1 /* c */, 2] // d", [("comment", "/* c */"), ("comment", "// d")]),
    ("[1,\u00a0\u30002]", [("odd-blank", "\u00a0\u3000")]),
    ("\ufeff[]", [("byte-order-mark", "\ufeff")]),
    ("[]\0\0", [("nul", "\0\0")]),
    ("", [("empty", "")]),
    (" \n", [("empty", " ")]),
]


@pytest.mark.parametrize(("text", "expected"), MISTAKES, ids=[text[:40] for text, _ in MISTAKES])
def test_each_mistake_is_told_once_at_its_place(text: str, expected: list[tuple[str, str]]) -> None:
    document = parse(text)
    assert [(p.kind, text[p.start : p.end]) for p in document.problems] == expected
    check_spans(document)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{'a': 'it\\'s'}", "it's"),
        ('{"a": "C:\\data"}', "C:\\data"),
        ('{"a": "x\ny"}', "x\ny"),
        ('{"a": "say "hi" now"}', 'say "hi" now'),
        ('{"a": \'say "hi"\'}', 'say "hi"'),
        ('{"a": s3:Get*}', "s3:Get*"),
        ('{"a": "\\ud83d\\ude00\\d"}', "\U0001f600\\d"),
        ('{"a": "\\ud83d\\d"}', "\ud83d\\d"),
        ('{"a": 2012-10-17}', "2012-10-17"),
        ('{"a": "cut', "cut"),
    ],
)
def test_a_repaired_string_says_what_the_author_wrote(text: str, value: str) -> None:
    root = parse(text).root
    assert isinstance(root, ObjectNode)
    node = root.members[0].value
    assert isinstance(node, StringNode)
    assert node.value == value


def test_repaired_numbers_and_literals_are_json() -> None:
    root = parse("[007, -.5, 0x1F, True, undefined, NaN]").root
    assert isinstance(root, ArrayNode)
    numbers = [item.text for item in root.items if isinstance(item, NumberNode)]
    assert numbers == ["7", "-0.5", "31"]
    assert [float(number) for number in numbers] == [7, -0.5, 31]
    assert [item.value for item in root.items if isinstance(item, LiteralNode)] == [True, None]
    assert isinstance(root.items[-1], MissingNode)


def test_further_documents_are_kept() -> None:
    document = parse('{"a":1}\n{"b":2}\n[3]')
    assert [type(root) for root in (document.root, *document.more)] == [ObjectNode, ObjectNode, ArrayNode]


def test_problems_are_capped_and_the_rest_counted() -> None:
    document = parse("[" + "1 " * 3_000 + "1]")
    assert len(document.problems) == MOST_PROBLEMS
    assert document.problems_left_out == 3_000 - MOST_PROBLEMS


@pytest.mark.parametrize("text", ["[" + "1," * 60_000 + "1]", "[" + "1," * 60_000])
@pytest.mark.parametrize("running", [True, False])
def test_the_collector_is_left_as_it_was(text: str, running: bool) -> None:
    was = gc.isenabled()
    try:
        (gc.enable if running else gc.disable)()
        parse(text)
        assert gc.isenabled() is running
    finally:
        (gc.enable if was else gc.disable)()
