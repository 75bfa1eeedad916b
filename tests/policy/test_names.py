"""How to speak of one thing of a kind."""

from __future__ import annotations

from workbench.policy.kinds import PolicyKind
from workbench.policy.names import with_article


def test_every_kind_of_policy_has_its_article() -> None:
    assert with_article(PolicyKind.IDENTITY) == "an identity policy"
    assert with_article(PolicyKind.IDENTITY, capital=True) == "An identity policy"
    assert with_article(PolicyKind.VPC_ENDPOINT) == "a VPC endpoint policy"
    assert with_article(PolicyKind.SCP, capital=True) == "A service control policy"
