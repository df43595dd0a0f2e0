"""How a service's secrets manifest is read: names and what is said of them, never values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml

from roadbed.ground.errors import Invalid, Place

NAME: Final = re.compile(r"[A-Z][A-Z0-9_]{0,99}")
KEYS: Final = frozenset({"name", "purpose", "required", "rotate-after"})


@dataclass(frozen=True, slots=True)
class SecretNeed:
    """One secret that a service names."""

    name: str
    purpose: str = ""
    required: bool = False
    rotate_after: str = ""
    line: int | None = None


def secrets_of(text: str, *, path: str = "secrets.yaml") -> tuple[SecretNeed, ...]:
    """The secrets that a manifest names, in its order.

    Raises:
        Invalid: naming the file, the line and the remedy.
    """
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        content = yaml.safe_load(text)
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        said = getattr(fault, "problem", None) or "it is not YAML"
        raise Invalid(
            f"The secrets manifest cannot be read: {said}.",
            remedy="Mend the line, commit, push and deploy again.",
            place=Place(file=path, line=mark.line + 1 if mark else None),
        ) from None
    if content is None:
        return ()
    items = content.get("secrets") if isinstance(content, dict) else None
    if not isinstance(items, list):
        raise Invalid(
            "The secrets manifest has no list `secrets`.",
            remedy="Write `secrets:` and below it `- name: API_TOKEN`; `secrets: []` where there are none.",
            place=Place(file=path, line=1, field="secrets"),
        )
    lines = _lines_of(root)
    needs = tuple(_need(item, path, lines[index]) for index, item in enumerate(items))
    _distinct(needs, path)
    return needs


def _lines_of(root: Any) -> list[int | None]:
    for key, value in root.value:
        if key.value == "secrets":
            return [node.start_mark.line + 1 for node in value.value]
    return []


def _need(item: Any, path: str, line: int | None) -> SecretNeed:
    fields = {"name": item} if isinstance(item, str) else item
    if not isinstance(fields, dict) or not isinstance(fields.get("name"), str):
        raise Invalid(
            "A secret has no name.",
            remedy="Write it as `- name: API_TOKEN`.",
            place=Place(file=path, line=line, field="name"),
        )
    name = fields["name"]
    if not NAME.fullmatch(name):
        raise Invalid(
            f"{name!r} is not a name for a secret.",
            remedy="Use upper-case letters, digits and underscores, like API_TOKEN: it becomes a variable.",
            place=Place(file=path, line=line, field="name"),
        )
    unknown = sorted(set(map(str, fields)) - KEYS)
    if unknown:
        raise Invalid(
            f"{name} has an unknown key {unknown[0]!r}"
            + (": values never go into Git." if unknown[0] == "value" else "."),
            remedy=f"Set the value with `roadbed secrets set SERVICE {name}`."
            if unknown[0] == "value"
            else f"Known keys: {', '.join(sorted(KEYS))}.",
            place=Place(file=path, line=line, field=unknown[0]),
        )
    required = fields.get("required", False)
    if not isinstance(required, bool):
        raise Invalid(
            f"`required` of {name} is {required!r}.",
            remedy="Write true or false.",
            place=Place(file=path, line=line, field="required"),
        )
    return SecretNeed(
        name=name,
        purpose=str(fields.get("purpose") or ""),
        required=required,
        rotate_after=str(fields.get("rotate-after") or ""),
        line=line,
    )


def _distinct(needs: tuple[SecretNeed, ...], path: str) -> None:
    seen: dict[str, SecretNeed] = {}
    for need in needs:
        if need.name in seen:
            raise Invalid(
                f"{need.name} is named twice, first on line {seen[need.name].line}.",
                remedy="Remove one of them.",
                place=Place(file=path, line=need.line, field="name"),
            )
        seen[need.name] = need
