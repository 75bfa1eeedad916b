"""A tree of tests as a formula of z3: texts as sequences, patterns as regular expressions, variables as equalities.

Everything that can be asked satisfies the formula, and now and then a little more does (a value in any case, some
patterns with a variable between wildcards): so "unsatisfiable" proves that there is no such request, and a model is a
candidate that the evaluation must confirm. Source: spec conditions.md sections 1, 2, 5 and 6, evaluation.md section 3,
context-keys.md section 6, as `keys` and `patterns` have them. z3 itself is handed in: this module does not import it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

from workbench.evaluation.conditions import ConditionMatcher
from workbench.evaluation.context import Context
from workbench.evaluation.request import ContextValue
from workbench.evaluation.value_classes import representatives
from workbench.policy.operators import Family
from workbench.policy.tokens import Variable
from workbench.proof.askers import Asker
from workbench.proof.budget import GaveUp
from workbench.proof.formulas import All, Formula, Leaf, ResourceTest, Some
from workbench.proof.keys import TEXTS, Asked, Domain, KeyTest, when_absent, when_present
from workbench.proof.languages import ANY, Characters, Machine, is_private
from workbench.proof.patterns import resources_within
from workbench.proof.search import Model, Space

MOST_VALUES = 6
"""A list of so many values at most is looked for; as many as there are tests on the key are enough."""
LAST_CHARACTER = 0x2FFFF
"""z3 has no characters beyond."""
_ARN_PARTS = 6
_PRINCIPAL_ARN, _PRINCIPAL_ACCOUNT, _USER_NAME = "aws:principalarn", "aws:principalaccount", "aws:username"


class _Item(NamedTuple):
    """A piece of a pattern: `text` that stands for itself, a `variable`, or else one or, `repeated`, any number of
    `characters`. `early`: before the last of an ARN's parts."""

    text: str = ""
    variable: str = ""
    characters: Characters = ANY
    repeated: bool = False
    early: bool = False

    @property
    def is_fixed(self) -> bool:
        return bool(self.text or self.variable)


class _Slot(NamedTuple):
    """One value of a key: whether it is there, its text, and of which class it is for each family but texts."""

    used: Any
    text: Any
    classes: dict[Family, Any]


class _Key(NamedTuple):
    """What a request carries under a key."""

    name: str
    domain: Domain
    present: Any
    slots: tuple[_Slot, ...]
    families: Mapping[Family, Sequence[str]]


class Encoding:
    """One tree, asked by one caller, among the requests of one space."""

    def __init__(
        self,
        z3: Any,
        formula: Formula,
        space: Space,
        asker: Asker,
        variables: Mapping[str, Variable],
        in_any_case: frozenset[str],
    ) -> None:
        """Raises GaveUp for what cannot be put."""
        self._z3 = z3
        self._space, self._asker = space, asker
        self._variables, self._in_any_case = variables, in_any_case
        self._fresh = 0
        self._regexes: dict[tuple[_Item, ...], Any] = {}
        self._all = z3.Full(z3.ReSort(z3.StringSort()))
        self.resource = z3.String("resource")
        self._keys: dict[str, _Key] = {}
        self._facts: list[Any] = []
        tests = list(_leaf_tests(formula))
        self._tests: dict[str, dict[tuple[object, ...], KeyTest]] = {}
        for test in tests:
            if isinstance(test, KeyTest):
                self._tests.setdefault(test.key.lower(), {})[test.same] = test
        used = {c for test in tests for machine in test.machines for c in machine.variables}
        self._spelled = {test.key.lower(): test.key for test in tests if isinstance(test, KeyTest)}
        for character in sorted(used):
            self._spelled.setdefault(variables[character].key.lower(), variables[character].key)
        for key in sorted(self._spelled):
            self._add_key(key)
        goal = self._encode(formula)
        shapes = space.resources()
        if shapes:
            self._facts.append(self._or(self._in(self.resource, m, "text", wanted=True) for m in shapes))
        self._facts.append(z3.Length(self.resource) > 0)
        self.constraints = [*self._facts, goal]
        self.couplings = self._coupled()

    # --- the request ----------------------------------------------------------------------------------------------

    def _add_key(self, key: str) -> None:
        z3, domain = self._z3, self._space.domain(key)
        tests = tuple(self._tests.get(key, {}).values())
        families: dict[Family, Sequence[str]] = {}
        for family in {_family(t) for t in tests} - {*TEXTS, Family.EXISTENCE}:
            matchers: list[ConditionMatcher] = [t.matcher for t in tests if _family(t) is family]
            families[family] = tuple(dict.fromkeys(representatives(family, matchers, Context(()))[0]))
        count = 1
        if domain.multivalued:
            count = len(tests) + 1
            if count > MOST_VALUES:
                raise GaveUp(f"too many tests look at the list {self._spelled[key]}")
        present = z3.Bool(f"{key}?")
        slots = []
        for at in range(count):
            classes = {f: z3.Int(f"{key}#{at}:{f}") for f in families}
            used = z3.BoolVal(True) if not domain.multivalued else z3.Bool(f"{key}#{at}?")
            slot = _Slot(used, z3.String(f"{key}#{at}"), classes)
            slots.append(slot)
            for family, number in classes.items():
                self._facts += [number >= 0, number < len(families[family])]
            if domain.values is not None:
                self._facts.append(self._or(slot.text == self._text(value) for value in domain.values))
            if domain.shapes:
                self._facts.append(self._or(self._in(slot.text, m, "text", wanted=True) for m in domain.shapes))
            self._facts += (self._in(slot.text, m, "text", wanted=False) for m in domain.excluded)
        if domain.multivalued:
            self._facts.append(z3.Implies(present, self._or(slot.used for slot in slots)))
        if not domain.absent:
            self._facts.append(present)
        if not domain.present:
            self._facts.append(z3.Not(present))
        self._keys[key] = _Key(self._spelled[key], domain, present, tuple(slots), families)

    def _coupled(self) -> list[Any]:
        """Caller and resource are of one partition, and what is said of the caller is of one caller: for each of these
        rules a formula. They are hard for z3, and seldom needed: so they stand by themselves."""
        z3, caller = self._z3, self._asker.caller
        if not caller.is_signed_in:
            return []
        arn = self._keys.get(_PRINCIPAL_ARN)
        open_arn = self._asker.open_arn
        within = resources_within("" if open_arn and arn is None else caller.partition)
        rules = [self._or(self._in(self.resource, m, "text", wanted=True) for m in within if not m.variables)]
        if arn is None or not open_arn:
            return rules
        text, word = arn.slots[0].text, z3.StringVal
        if (named := self._keys.get(_PRINCIPAL_ACCOUNT)) is not None:
            account = z3.SubString(text, len("arn:aws:iam::"), 12)  # all callers of no fixed ARN begin like this
            rules.append(z3.Implies(named.present, named.slots[0].text == account))
        if (user := self._keys.get(_USER_NAME)) is not None:
            name = user.slots[0].text
            ends = z3.And(z3.SuffixOf(z3.Concat(word("/"), name), text), z3.Not(z3.Contains(name, "/")))
            rules.append(z3.Implies(user.present, ends))
        return rules

    # --- the tree -------------------------------------------------------------------------------------------------

    def _encode(self, formula: Formula) -> Any:
        match formula:
            case All(parts):
                return self._and(map(self._encode, parts))
            case Some(parts):
                return self._or(map(self._encode, parts))
            case Leaf(test, holds) if isinstance(test, ResourceTest):
                inside = partial(self._in, self.resource, kind="resource")
                if holds is not test.negated:
                    return self._or(inside(m, wanted=True) for m in test.machines)
                return self._and(inside(m, wanted=False) for m in test.machines)
            case Leaf(test, holds):
                assert isinstance(test, KeyTest)
                return self._key_test(test, holds)

    def _key_test(self, test: KeyTest, holds: bool) -> Any:
        z3, key = self._z3, self._keys[test.key.lower()]
        operator = test.matcher.test.operator
        assert operator is not None
        there = key.present
        is_set = bool(operator.qualifier)
        if operator.base.family is Family.EXISTENCE and key.domain.multivalued:
            there = z3.And(there, self._or(z3.And(s.used, z3.Length(s.text) > 0) for s in key.slots))
        asked = when_present(test)
        if isinstance(asked, bool):
            with_value = z3.BoolVal(asked is holds)
        else:
            asked = asked if holds else Asked(not asked.every, test, not asked.accepts)
            counted = [z3.And(s.used, z3.Length(s.text) > 0) if is_set else s.used for s in key.slots]
            passes = [self._passes(key, slot, asked) for slot in key.slots]
            pairs = list(zip(counted, passes, strict=True))
            every = self._and(z3.Implies(c, p) for c, p in pairs)
            with_value = every if asked.every else self._or(z3.And(c, p) for c, p in pairs)
        without = z3.BoolVal(when_absent(test) is holds)
        return z3.Or(z3.And(there, with_value), z3.And(z3.Not(there), without))

    def _passes(self, key: _Key, slot: _Slot, asked: Asked) -> Any:
        family, matcher = _family(asked.test), asked.test.matcher
        if family in TEXTS:
            kind = "arn" if family is Family.ARN else "text"
            wanted = asked.within()
            found = (self._in(slot.text, m, kind, wanted=wanted) for m in asked.test.machines)
            return self._or(found) if wanted else self._and(found)
        if key.domain.values is not None:
            fitting = [v for v in key.domain.values if matcher.accepts(v) is asked.accepts]
            return self._or(slot.text == self._text(v) for v in fitting)
        numbers = [n for n, v in enumerate(key.families[family]) if matcher.accepts(v) is asked.accepts]
        return self._or(slot.classes[family] == n for n in numbers)

    # --- patterns -------------------------------------------------------------------------------------------------

    def _in(self, value: Any, machine: Machine, kind: str, *, wanted: bool) -> Any:
        """That the pattern takes the text, or not."""
        z3 = self._z3
        if not machine.variables:
            if machine.text is not None:
                return value == self._text(machine.text) if wanted else value != self._text(machine.text)
            found = z3.InRe(value, self._regex(_items(machine, "text")))
            return found if wanted else z3.Not(found)
        items = _items(machine, kind)
        if machine.variables & self._in_any_case:
            return z3.BoolVal(True)
        known = self._and(self._has_value(i.variable) for i in items if i.variable)
        if wanted:
            return z3.And(known, self._made_of(value, items, kind))
        exact = self._exactly(value, items)
        if exact is None:
            return z3.BoolVal(True)
        early = [self._value_of(i.variable) for i in items if i.variable and i.early]
        return z3.Or(z3.Not(known), z3.Not(exact), *(z3.Contains(v, ":") for v in early))

    def _made_of(self, value: Any, items: Sequence[_Item], kind: str) -> Any:
        """The text is these pieces in a row. Behind a variable that may bring colons a wildcard may cross them."""
        z3 = self._z3
        pieces: list[Any] = []
        facts: list[Any] = []
        loose = False
        for item in items:
            if item.is_fixed:
                pieces.append(self._fixed(item))
                loose = loose or (bool(item.variable) and item.early and kind == "resource")
                continue
            self._fresh += 1
            part = z3.String(f"part{self._fresh}")
            pieces.append(part)
            if not item.repeated:
                facts.append(z3.Length(part) == 1)
            if item.characters != ANY and not loose:
                facts.append(z3.InRe(part, self._regex((item,))))
        return z3.And(value == self._concat(pieces), *facts)

    def _exactly(self, value: Any, items: Sequence[_Item]) -> Any:
        """The same without a name for what wildcards take, so that it can be turned round; None where that is not
        possible, since a variable stands between wildcards."""
        z3 = self._z3
        repeated = [at for at, item in enumerate(items) if item.repeated]
        if not repeated:
            return self._at_edges(value, items, ())
        first, last = repeated[0], repeated[-1]
        middle = items[first : last + 1]
        if not any(item.variable for item in middle):
            return self._at_edges(value, items[:first], items[last + 1 :], middle)
        inner = middle[1:-1]
        free = middle[0].characters == ANY and middle[-1].characters == ANY and all(i.is_fixed for i in inner)
        if free and first == 0 and last == len(items) - 1:
            return z3.Contains(value, self._concat([self._fixed(i) for i in inner]))
        return None

    def _at_edges(
        self, value: Any, before: Sequence[_Item], after: Sequence[_Item], middle: Sequence[_Item] | None = None
    ) -> Any:
        """`value` starts with `before` and ends with `after`; between stands `middle` (None: nothing, and `before` is
        all)."""
        z3 = self._z3
        facts: list[Any] = []
        head: Any = z3.IntVal(0)
        for item in before:
            head = head + self._at(value, head, item, facts)
        tail: Any = z3.IntVal(0)
        for item in after:
            tail = tail + self._size(item)
        at: Any = z3.Length(value) - tail
        for item in after:
            at = at + self._at(value, at, item, facts)
        if middle is None:
            return z3.And(z3.Length(value) == head, *facts)
        facts.insert(0, z3.Length(value) >= head + tail)
        if any(item.characters != ANY or not item.repeated for item in middle):
            inside = z3.SubString(value, head, z3.Length(value) - head - tail)
            facts.append(z3.InRe(inside, self._regex(tuple(middle))))
        return z3.And(*facts)

    def _at(self, value: Any, at: Any, item: _Item, facts: list[Any]) -> Any:
        """Adds that the piece stands at a place; its length."""
        size = self._size(item)
        part = self._z3.SubString(value, at, size)
        if item.is_fixed:
            facts.append(part == self._fixed(item))
        elif item.characters == ANY:
            facts.append(self._z3.Length(part) == 1)
        else:
            facts.append(self._z3.InRe(part, self._regex((item,))))
        return size

    def _size(self, item: _Item) -> Any:
        if item.variable:
            return self._z3.Length(self._value_of(item.variable))
        return self._z3.IntVal(len(item.text) if item.text else 1)

    def _fixed(self, item: _Item) -> Any:
        return self._value_of(item.variable) if item.variable else self._text(item.text)

    # --- variables and texts --------------------------------------------------------------------------------------

    def _has_value(self, character: str) -> Any:
        variable = self._variables[character]
        if variable.default is not None:
            return self._z3.BoolVal(True)
        key = self._keys[variable.key.lower()]
        return self._z3.BoolVal(False) if key.domain.multivalued else key.present

    def _value_of(self, character: str) -> Any:
        """What a variable stands for; where it has no value this says nothing."""
        variable = self._variables[character]
        key = self._keys[variable.key.lower()]
        if key.domain.multivalued:
            return self._text(variable.default or "")
        if variable.default is None:
            return key.slots[0].text
        return self._z3.If(key.present, key.slots[0].text, self._text(variable.default))

    def _text(self, text: str) -> Any:
        if any(ord(c) > LAST_CHARACTER for c in text):
            raise GaveUp("a text has characters that z3 does not know")
        return self._z3.StringVal(text.replace("\\", "\\u{5c}"))

    def _concat(self, pieces: Sequence[Any]) -> Any:
        if not pieces:
            return self._z3.StringVal("")
        return pieces[0] if len(pieces) == 1 else self._z3.Concat(*pieces)

    def _regex(self, items: tuple[_Item, ...]) -> Any:
        found = self._regexes.get(items)
        if found is None:
            z3 = self._z3
            parts = []
            for item in items:
                if item.text:
                    parts.append(z3.Re(self._text(item.text)))
                elif item.repeated:
                    parts.append(self._all if item.characters == ANY else z3.Star(self._class(item.characters)))
                else:
                    parts.append(self._class(item.characters))
            found = z3.Re("") if not parts else parts[0] if len(parts) == 1 else z3.Concat(*parts)
            self._regexes[items] = found
        return found

    def _class(self, characters: Characters) -> Any:
        """One character of a set."""
        z3 = self._z3
        if characters == ANY:
            return z3.AllChar(z3.ReSort(z3.StringSort()))
        codes = sorted(ord(c) for c in characters.listed)
        if characters.negated:
            edges = [-1, *codes, LAST_CHARACTER + 1]
            ranges = [(a + 1, b - 1) for a, b in pairwise(edges) if a + 1 <= b - 1]
        else:
            ranges = []
            for code in codes:
                joins = bool(ranges) and ranges[-1][1] == code - 1
                ranges[-1:] = [(ranges[-1][0], code)] if joins else [*ranges[-1:], (code, code)]
        found = [z3.Range(self._text(chr(a)), self._text(chr(b))) for a, b in ranges]
        return found[0] if len(found) == 1 else z3.Union(*found)

    def _and(self, parts: Iterable[Any]) -> Any:
        found = list(parts)
        return self._z3.And(*found) if found else self._z3.BoolVal(True)

    def _or(self, parts: Iterable[Any]) -> Any:
        found = list(parts)
        return self._z3.Or(*found) if found else self._z3.BoolVal(False)

    # --- out again ------------------------------------------------------------------------------------------------

    @property
    def readable(self) -> Any:
        """That every text is of printable characters, so that a witness can be read."""
        z3 = self._z3
        printable = z3.Star(z3.Range(" ", "~"))
        texts = [self.resource, *(slot.text for key in self._keys.values() for slot in key.slots)]
        return z3.And(*(z3.InRe(text, printable) for text in texts))

    def holds(self, model: Any, rule: Any) -> bool:
        """Whether a formula is true in a model of the constraints."""
        return bool(self._z3.is_true(model.eval(rule, model_completion=True)))

    def request(self, model: Any) -> Model:
        """What a model of the constraints describes."""
        context: dict[str, ContextValue | None] = {}
        for key in self._keys.values():
            if not self.holds(model, key.present):
                context[key.name] = None
                continue
            values = [self._value(model, key, slot) for slot in key.slots if self.holds(model, slot.used)]
            context[key.name] = tuple(dict.fromkeys(values)) if key.domain.multivalued else values[0]
        return Model(_plain(model, self.resource), context)

    def _value(self, model: Any, key: _Key, slot: _Slot) -> str:
        if key.domain.values is None and len(slot.classes) == 1:
            tests = self._tests.get(key.name.lower(), {}).values()
            if all(_family(t) not in TEXTS for t in tests):
                ((family, number),) = slot.classes.items()
                return key.families[family][int(model.eval(number, model_completion=True).as_long())]
        return _plain(model, slot.text)


def texts_of(value: ContextValue) -> tuple[str, ...]:
    """The texts of a context value."""
    return (value,) if isinstance(value, str) else value


def _leaf_tests(formula: Formula) -> Iterable[ResourceTest | KeyTest]:
    todo: list[Formula] = [formula]
    while todo:
        match todo.pop():
            case Leaf(test, _):
                yield test
            case All(parts) | Some(parts):
                todo += parts


def _family(test: KeyTest) -> Family:
    assert test.matcher.test.operator is not None
    return test.matcher.test.operator.base.family


def _items(machine: Machine, kind: str) -> tuple[_Item, ...]:
    """The steps of a pattern, texts joined. `kind`: "text", or "arn" and "resource", of which the parts count."""
    items: list[_Item] = []
    part = 1
    for step in machine.steps:
        single = "" if step.repeated else step.single
        early = kind != "text" and part < _ARN_PARTS
        if single and is_private(single):
            items.append(_Item(variable=single, early=early))
        elif single:
            if items and items[-1].text:
                items[-1] = items[-1]._replace(text=items[-1].text + single)
            else:
                items.append(_Item(text=single))
            part += single == ":"
        else:
            items.append(_Item(characters=step.characters, repeated=step.repeated))
    return tuple(items)


_ESCAPE = re.compile(r"\\u\{([0-9a-fA-F]+)\}")


def _plain(model: Any, text: Any) -> str:
    escaped: str = model.eval(text, model_completion=True).as_string()
    return str(_ESCAPE.sub(lambda found: chr(int(found[1], 16)), escaped))
