"""What a request does not ask although the user may think it does: policies that the project knows and the question
leaves aside, or a principal that the project does not know."""

from __future__ import annotations

from workbench.evaluation.request import Request
from workbench.project.model import Project


def left_out(project: Project, request: Request, alone: str) -> str:
    """One sentence, empty if nothing is left out. `alone`: the name of the text that is asked by itself because it is
    no policy of the project; empty if the project's policies are asked."""
    principal = project.principal_of(request.principal)
    if alone:
        names = [key.rpartition("/")[2].removesuffix(".json") for key in principal.identity] if principal else []
        if principal is None or not names:
            return ""
        return (
            f"Only {alone} was asked. It is no policy of the project, so those that {principal.name} has there are "
            f"left out: {', '.join(names)}."
        )
    arn = request.principal.arn
    if principal is not None or not arn or arn.endswith(":root"):
        return ""
    name = arn.rpartition(":")[2]
    return (
        f"The project does not know {name}, so it has no identity policies here. Name it in workbench.toml, or ask as "
        "one of the project's principals."
    )
