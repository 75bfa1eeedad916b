"""The one door: parse, validate, simulate. The window, the command line and the tests call this and nothing behind it.

An Engine is cheap to build; the catalog is opened at its first use. Its methods may be called from any thread: what
they return is immutable, and the caches only ever hold finished values.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import workbench
from workbench.answers import Answer as Answer
from workbench.answers import KeyInfo as KeyInfo
from workbench.answers import Question as Question
from workbench.answers import Validation as Validation
from workbench.catalog.catalog import Catalog
from workbench.catalog.model import ConditionKey
from workbench.collector import collector_paused
from workbench.document.decoding import Decoded, decode
from workbench.document.edits import Edit, apply_edits
from workbench.document.nodes import Document, Problem
from workbench.document.parser import parse
from workbench.document.span import Span
from workbench.embedded.door import policies_in
from workbench.embedded.model import Contents, EmbeddedPolicy
from workbench.errors import ScenarioError, WorkbenchError
from workbench.evaluation.catalog_facts import CatalogFacts
from workbench.evaluation.decision import Decision, Outcome
from workbench.evaluation.judge import Judge, explain, utc_now
from workbench.evaluation.prepared import Prepared
from workbench.evaluation.request import Request, Scenario
from workbench.evaluation.services import names_alias_for_key
from workbench.findings.context import CheckContext
from workbench.findings.mending import Mended, mend
from workbench.findings.model import Effect, Finding, Fix, FixVerdict
from workbench.findings.recall import Recall
from workbench.findings.registry import run_checks
from workbench.findings.rules import NO_RULES, HouseRules
from workbench.findings.suppressions import Suppression, suppress
from workbench.findings.surroundings import Surroundings
from workbench.policy.guess import guess_kind
from workbench.policy.kinds import PolicyKind
from workbench.policy.quotas import counted_size, quota
from workbench.policy.reader import read
from workbench.project.model import Project, ProjectError, scenario_of
from workbench.project.policy_sets import alone, in_place
from workbench.project.suppression_files import SuppressionFile, add_for, stale, suppressions_for
from workbench.remembering import remembered
from workbench.resources import resource_path

if TYPE_CHECKING:
    from workbench.embedded.values import Blank
    from workbench.evaluation.nearest import Way
    from workbench.evaluation.trace import LayerTrace
    from workbench.project.checks import Check
    from workbench.proof.door import Proofs
    from workbench.writing.door import Writing


def never() -> bool:
    """Whoever asks waits for the answer."""
    return False


class Engine:
    """Answers every question about policies. See the module's text for what callers may rely on."""

    def __init__(
        self,
        catalog_path: Path | None = None,
        now: Callable[[], datetime] = utc_now,
        *,
        old_scp_language: bool = False,
        enabled: Collection[str] = (),
    ) -> None:
        """`old_scp_language`: findings on SCPs by the language that AWS Organizations took before September 2025;
        `enabled`: codes that are off by default and wanted all the same."""
        self._enabled = frozenset(enabled)
        self._old_scp_language = old_scp_language
        self._catalog_path = catalog_path
        self._catalog: Catalog | None = None
        self._lock = threading.Lock()
        self._facts = CatalogFacts(lambda: self.catalog)
        self._judge = Judge(self._facts, now)
        self._now = now
        self._validated = remembered(self._validate, lambda text, *_: len(text), short=64, long=4)
        self._recall = Recall()

    @property
    def catalog(self) -> Catalog:
        """The catalog, opened now if it was not yet. Raises CatalogMissing."""
        if self._catalog is None:
            with self._lock:
                if self._catalog is None:
                    self._catalog = Catalog.open(self._catalog_path)
        return self._catalog

    @property
    def program_version(self) -> str:
        return workbench.__version__

    @property
    def catalog_version(self) -> str:
        """`catalog 2026-10-27 (…)`."""
        return self.catalog.version_text

    # -- documents ------------------------------------------------------------------------------------------------

    def parse(self, text: str) -> Document:
        return parse(text)

    def decode(self, data: bytes) -> Decoded:
        return decode(data)

    def guess_kind(self, document: Document) -> PolicyKind:
        return guess_kind(document)

    def counted_size(self, text: str, kind: PolicyKind) -> tuple[int, int | None]:
        """Characters that count towards the quota of such a policy, and the quota (None: none known)."""
        return counted_size(text, kind), quota(kind)

    def validate(
        self,
        text: str,
        kind: PolicyKind | None = None,
        resource_type: str | None = None,
        decoded: Decoded | None = None,
        around: Surroundings | None = None,
        rules: HouseRules = NO_RULES,
    ) -> Validation:
        """Every finding of a document. `kind` left out is guessed. `decoded`: what the file's bytes were, where the
        text comes from a file. `around`: what a project says around it; `rules`: what the project demands. Never
        raises for what the text holds."""
        problem, bom = (decoded.problem, decoded.bom) if decoded else (None, False)
        return self._validated(text, kind, resource_type, problem, bom, around, rules)

    def _validate(
        self,
        text: str,
        kind: PolicyKind | None,
        resource_type: str | None,
        decoding_problem: Problem | None,
        bom: bool,
        around: Surroundings | None,
        rules: HouseRules,
    ) -> Validation:
        with collector_paused():
            document = parse(text)
            kind = kind or guess_kind(document)
            shared = around.shared if around else None
            others = None if shared is None else tuple(read(parse(p.text), PolicyKind.IDENTITY) for p in shared)
            context = CheckContext(
                read(document, kind),
                self.catalog,
                resource_type,
                decoding_problem,
                bom,
                others,
                self._old_scp_language,
                given_judge=self._judge,
                rules=replace(rules, enabled=rules.enabled | self._enabled),
                around=around,
            )
            findings, failed = run_checks(context, recall=self._recall)

        def again(text: str) -> Validation:
            at = decoding_problem
            if at is not None:
                at = at._replace(start=min(at.start, len(text)), end=min(at.end, len(text)))
            return self._validated(text, kind, resource_type, at, bom, around, rules)

        return Validation(kind, document, findings, failed, again)

    def fix_verdict(self, validation: Validation, fix: Fix, cancelled: Callable[[], bool] = never) -> FixVerdict:
        """What a fix of a finding of the document does to the access that it gives: the same, narrower, wider, or not
        decided and why. Proved when asked for, which may take a second; `cancelled` is asked now and then. What hangs
        on placeholders is judged by the values of the session, and says so."""
        text, fill = validation.document.text, validation.filled
        verdict = self._fix_verdict(text, fix, validation.kind, cancelled)
        if fill is None or verdict.effect is not Effect.NOT_DECIDED:
            return verdict
        after = Edit(Span(0, len(fill(text))), fill(apply_edits(text, fix.edits)))
        verdict = self._fix_verdict(fill(text), Fix(fix.label, (after,)), validation.kind, cancelled)
        return replace(verdict, why=f"With the values filled in for this session. {verdict.why}".rstrip())

    def fix_all(self, validation: Validation, cancelled: Callable[[], bool] = never) -> Mended:
        """The document with every fix that is proved to keep its access the same. Doing it twice changes nothing."""
        kind = validation.kind
        again = validation.again or partial(self.validate, kind=kind)
        return mend(
            validation.document.text,
            lambda text: again(text).findings,
            lambda text, fix: self._fix_verdict(text, fix, kind, cancelled),
        )

    def fix_all_in(
        self,
        name: str,
        text: str,
        judged: Callable[[EmbeddedPolicy], Validation],
        cancelled: Callable[[], bool] = never,
    ) -> Mended:
        """The same for the policies in the file called `name`; `judged` validates one of them."""
        from workbench.embedded.mending import mend_file  # most files are policies

        return mend_file(
            text,
            lambda text: policies_in(name, text),
            lambda policy: judged(policy).findings,
            lambda policy, fix: self._fix_verdict(policy.text, fix, judged(policy).kind, cancelled),
        )

    def _fix_verdict(self, text: str, fix: Fix, kind: PolicyKind, cancelled: Callable[[], bool]) -> FixVerdict:
        from workbench.findings.verdicts import fix_verdict  # most starts ask for none

        return fix_verdict(self.proofs, text, fix, kind, self._is_key, cancelled)

    def blanks(self, text: str) -> tuple[Blank, ...]:
        """What a template leaves to be filled in: the names under which a Question's `values` are given."""
        from workbench.embedded.values import blanks  # most sessions fill nothing in

        return blanks(parse(text), self._is_key)

    def _is_key(self, name: str) -> bool:
        return self.catalog.key(name) is not None

    # -- requests -------------------------------------------------------------------------------------------------

    def simulate(self, scenario: Scenario) -> Decision:
        """The decision of a scenario with its reasons. Raises ScenarioError if it cannot be judged."""
        return self._judge.decide(scenario)

    def prepare(self, scenario: Scenario) -> Prepared:
        """The scenario compiled, to be decided any number of times. Raises ScenarioError."""
        return self._judge.prepare(scenario)

    def explain(self, prepared: Prepared) -> Decision:
        """The decision of a prepared scenario with its reasons."""
        return explain(prepared)

    def answer(self, question: Question) -> Answer:
        """All that the window shows for this state, from one evaluation. With values of the session in the texts,
        findings and places are those of the texts as they are written."""
        if not question.values:
            return self._answer(question)
        from workbench.filling_in import answer_with_values  # most sessions fill nothing in

        return answer_with_values(question, self._is_key, self._answer)

    def _answer(self, question: Question) -> Answer:
        text = question.texts.get(question.active, "")
        saved = question.project.policy(question.active) if question.project else None
        kind = question.kinds.get(question.active) or (saved.kind if saved else None)
        rules = question.project.rules if question.project else NO_RULES
        around = self.surroundings(question.project, question.active, question.texts)
        validation = self.validate(text, kind, around=around, rules=rules)
        validation = self._suppressed(question, validation)
        if question.request is None:
            return Answer(validation)
        sources: Mapping[str, str] = {}
        try:
            scenario, sources = self._scenario(question, question.request, validation.kind)
            decision = self.simulate(scenario)
        except (ScenarioError, ProjectError) as error:
            key, span = self._place_of(error, question, sources)
            return Answer(validation, decision_error=error.args[0], sources=sources, error_key=key, error_span=span)
        from workbench.evaluation.nearest import no_way

        depends = decision.outcome is Outcome.DEPENDS
        ways = () if depends else self.ways(scenario)
        return Answer(
            validation,
            decision,
            scenario=scenario,
            sources=sources,
            ways=ways,
            no_way="" if ways or depends else no_way(decision),
            traces=self.traces(scenario),
            doubt=self._doubt(scenario.request),
            left_out=self._left_out(question, question.request),
        )

    def _suppressed(self, question: Question, validation: Validation) -> Validation:
        """With what the suppressions of the project or beside the file cover marked; as it is if none can be read."""
        try:
            file, name = suppressions_for(question.project, question.active)
        except ProjectError:
            return validation
        return self.suppress(validation, file.entries, name)[0] if file else validation

    def suppress(
        self, validation: Validation, entries: Iterable[Suppression], file: str, within: str = ""
    ) -> tuple[Validation, frozenset[Suppression]]:
        """The validation with what the entries suppress marked, and the entries that had something to mark. `file`: as
        the entries name it; `within`: the policy in a file that holds several."""
        entries = tuple(entries)
        found = suppress(validation.findings, validation.document, file, entries, self._now().date(), within)
        before = validation.again
        again = None if before is None else lambda text: self.suppress(before(text), entries, file, within)[0]
        return replace(validation, findings=found.findings, again=again), found.used

    def stale_suppressions(
        self, file: SuppressionFile, used: Collection[Suppression], seen: Iterable[str]
    ) -> tuple[Finding, ...]:
        """The findings about a file of suppressions. `seen`: the files that its entries could mean."""
        return stale(file, used, seen, self._now().date())

    def add_suppression(
        self,
        project: Project | None,
        key: str,
        validation: Validation,
        finding: Finding,
        reason: str,
        expires: date | None = None,
    ) -> Path:
        """Suppresses a finding of a file (its key in the project, else its path). Gives the file of suppressions, whose
        text is kept. Raises ProjectError with one sentence, for a reason that is too short too."""
        return add_for(project, key, validation.document, finding, reason, expires)

    def policies_in(self, name: str, text: str) -> Contents | None:
        """The policies in a template or another file that is no policy itself; None where the file is one policy."""
        return policies_in(name, text)

    def _left_out(self, question: Question, request: Request) -> str:
        if question.project is None or question.beside is not None:
            return ""
        from workbench.project.left_out import left_out

        return left_out(question.project, request, question.front.name if question.alone else "")

    def _doubt(self, request: Request) -> str:
        """What says that there is no such action, or that it does not work on a resource; empty if nothing does."""
        found = self._facts.doubts(request.action, request.resources)
        if not self.knows_action(request.action):
            return found[0] if found else ""
        foreign = [r for r in request.resources if not self.takes_resource(request.action, r)]
        return next((doubt for doubt in found if foreign and doubt.startswith(f"{foreign[0]} ")), "")

    def _place_of(
        self, error: WorkbenchError, question: Question, sources: Mapping[str, str]
    ) -> tuple[str, Span | None]:
        """The text and the place in it that an error of the judgment is about; empty and None if it is about none."""
        if not isinstance(error, ScenarioError) or error.at is None or error.policy not in sources:
            return "", None
        return sources[error.policy], error.at

    def checks(self, question: Question) -> tuple[Check, ...]:
        """What the project's saved requests with an expectation get, by the texts as edited."""
        if question.values:
            from workbench.filling_in import with_values

            question = with_values(question, self._is_key)[0]
        if question.project is None:
            return ()
        from workbench.project.checks import check_requests

        return check_requests(question.project, question.texts, self._outcome)

    def _outcome(self, scenario: Scenario) -> Outcome:
        """The decision without its reasons; every value of unknown keys is tried. Raises ScenarioError."""
        unknown = scenario.request.unknown
        return self.simulate(scenario).outcome if unknown else self.prepare(scenario).outcome()

    def ways(self, scenario: Scenario) -> tuple[Way, ...]:
        """The nearest ways to the other decision, each confirmed: with unknown keys, for every value these may have.
        Raises ScenarioError."""
        from workbench.evaluation.nearest import nearest_ways  # looked for where there is a decision

        unknown = scenario.request.unknown
        if not unknown:
            return nearest_ways(self._judge, scenario)
        from workbench.evaluation.unknowns import assigned

        absent = assigned(scenario, sorted(unknown), (None,) * len(unknown))
        return tuple(way for found in nearest_ways(self._judge, absent) if (way := self._unknown_again(found, unknown)))

    def _unknown_again(self, way: Way, unknown: frozenset[str]) -> Way | None:
        """The way of a request whose unknown keys were taken as absent, with these unknown again; None if it then is
        none."""
        stated = {change.key.lower() for change in way.changes if change.key}
        still = frozenset(key for key in unknown if key.lower() not in stated)
        request = replace(way.scenario.request, unknown=still, absent=way.scenario.request.absent - still)
        scenario = replace(way.scenario, request=request)
        return replace(way, scenario=scenario) if self.simulate(scenario).outcome is way.outcome else None

    def traces(self, scenario: Scenario) -> tuple[tuple[LayerTrace, ...], ...]:
        """Why each statement did or did not apply, for each authorization of the decision. Raises ScenarioError."""
        return self._judge.traces(scenario)

    @cached_property
    def proofs(self) -> Proofs:
        """The door to questions over all requests at once."""
        from workbench.proof.door import Proofs  # most starts ask no such question

        return Proofs(self.catalog, self._judge)

    def surroundings(self, project: Project | None, key: str, texts: Mapping[str, str] = {}) -> Surroundings | None:
        """What the project says around its policy `key`, None for what is no policy of it. `texts`: those that are not
        as saved. Raises ProjectError."""
        known = project is not None and project.policy(key) is not None
        if project is None or not known:
            return None
        from workbench.project.around import surroundings

        return surroundings(project, key, texts.get)

    def _scenario(self, question: Question, request: Request, kind: PolicyKind) -> tuple[Scenario, dict[str, str]]:
        project, active = question.project, question.active
        if question.beside is not None:
            front = question.front
            return Scenario(request, in_place(question.beside, front)), {front.name: active}
        if project is not None and not question.alone:

            def text_of(key: str) -> str:
                return question.texts[key] if key in question.texts else project.read(key)

            return scenario_of(project, request, text_of)
        policy = question.front
        return Scenario(request, alone(policy, kind)), {policy.name: active}

    @cached_property
    def writing(self) -> Writing:
        """The door to what helps to write a policy."""
        from workbench.writing.door import Writing  # when somebody writes

        return Writing(self.catalog)

    # -- the catalog for forms ------------------------------------------------------------------------------------

    def search_actions(self, typed: str, limit: int = 50, first: Sequence[str] = ()) -> tuple[str, ...]:
        """Completions of an action (or a service prefix) as typed, best first; `first`: services that are more likely
        meant than others."""
        return self.catalog.search_actions(typed, limit, first)

    def suggest_action(self, action: str) -> str | None:
        """The action that an unknown one most likely stands for."""
        best = self.catalog.candidates(action).best
        return best if best and ":" in best else None

    def takes_resource(self, action: str, resource: str) -> bool:
        """Whether a request for the action may name the resource, as far as the catalog knows."""
        return names_alias_for_key(action.lower(), resource) or self.catalog.takes(action, resource)

    def carries_key(self, action: str, key: str) -> bool:
        """Whether a request for the action can carry the condition key, as far as the catalog knows."""
        return self._facts.supports_key(action, key)

    def passes_role(self, action: str) -> bool:
        """Whether the catalog knows the action as one that hands a role to a service."""
        return any(d.action.lower() == "iam:passrole" for d in self.catalog.dependents(action))

    def knows_action(self, action: str) -> bool:
        """Whether the catalog has the action."""
        return self.catalog.action(action) is not None

    def arn_templates(self, action: str, region: str = "us-east-1", account: str = "111122223333") -> tuple[str, ...]:
        """ARN patterns of the resources that the action is authorized on; `*` alone if it takes none."""
        return self.catalog.arn_templates(action, region=region, account=account)

    def context_keys(self, action: str) -> tuple[KeyInfo, ...]:
        """The condition keys that a request for the action can carry."""
        return tuple(_key_info(k) for k in self.catalog.condition_keys_for(action))

    def key_info(self, name: str) -> KeyInfo | None:
        """Name, type and form of a condition key, None if no catalog knows it."""
        key = self.catalog.key(name)
        return _key_info(key) if key else None

    # -- projects -------------------------------------------------------------------------------------------------

    def is_project(self, path: Path) -> bool:
        from workbench.project.loader import is_project

        return is_project(path)

    def load_project(self, path: Path) -> Project:
        """Open a project folder. Raises ProjectError."""
        from workbench.project.loader import load_project

        return load_project(path)

    def example_project(self) -> Path:
        """The folder of the example that opens at the first start."""
        return resource_path("examples/sagemaker-data-scientist")

    def scenario_in(self, project: Project, request: Request) -> Scenario:
        """The scenario a request makes in a project, with the policies as saved."""
        return scenario_of(project, request, project.read)[0]


def _key_info(key: ConditionKey) -> KeyInfo:
    return KeyInfo(key.name, key.type, key.multivalued)
