"""Finding the structure of a network: which groups are the same but for their arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from .arguments import spec_arguments
from .grouping import drafts_of
from .groups import Draft
from .naming import name_drafts
from .parameters import Inferred, infer
from .program import Call, GroupCall, Program, Template
from .repeats import fold
from .turns import in_turns

if TYPE_CHECKING:
    from ..network import Network, Node


MOST_PARAMS = 4
"""Parameters beyond which uses of a template that is groups in turns are no easier to read than
these groups themselves."""


def program(
    network: Network,
    *,
    arguments: Callable[[Node], dict[str, Any]] = spec_arguments,
    class_names: Mapping[str, str] | None = None,
    incoming: bool = True,
    templates: bool = True,
    optional: bool = False,
    modules: bool = False,
) -> Program:
    """The structure of a network.

    Args:
        network: its layers, by their paths, are the leaves.
        arguments: what is written of a layer.
        class_names: what groups are called, by path; those of the network where left out.
        incoming: whether an expression may name `in_channels`, as in a spec.
        templates: whether groups that are alike become one template at all.
        optional: whether those of which some lack what others have do, too: a template then
            has calls that are left out by a condition, or are of several types.
        modules: whether it is for modules of torch: `in_channels` is a parameter like others,
            where expressions name it, and what holds tensors keeps its name.
    """
    names = (
        {path: group.type for path, group in network.groups.items()}
        if class_names is None
        else class_names
    )
    drafts = drafts_of(
        network, names, arguments, templates=templates, optional=optional, modules=modules
    )
    name_drafts(drafts)
    for draft in drafts if optional else ():
        if _is_in_turns(draft):  # it will be written in its places, and what it holds in each
            draft.drafts()[0].places += draft.places - 1
    asking = _asking(drafts) if incoming and not modules else set()

    def make(draft: Draft) -> Draft:
        used = {inner.name: inner.template for inner in draft.drafts()}
        asks = draft in asking
        inferred = infer(draft, network, arguments, incoming=asks, modules=modules)
        _keep(draft, inferred)
        calls: list[Call] = [in_turns(inferred.calls)] if draft.in_turns else inferred.calls
        children = fold(calls, draft, used, steps=optional, modules=modules)
        if asks and _is_one_repeat(children, optional):
            inferred = infer(draft, network, arguments, incoming=False)
            _keep(draft, inferred)
            children = fold(inferred.calls, draft, used, steps=optional)
        draft.template = Template(
            name=draft.name,
            class_name=draft.class_name,
            params=inferred.params,
            inputs=draft.inputs,
            children=children,
            outputs=tuple([output.path for output in draft.outputs]),
            result=draft.result.path,
            uses=len(draft.instances),
            inline=draft.places == 1 or _is_one_repeat(children, optional),
        )
        return draft

    made: list[Draft] = []
    for draft in drafts:
        rows = [make(row) for row in _rows(draft, drafts)] if optional else []
        if rows and (
            all(_is_one_repeat(row.template.children, optional) for row in rows)
            or len(make(draft).template.params) > MOST_PARAMS
        ):
            # Made again, as their instances have forgotten their values.
            rows = [make(row) for row in rows]
            _put_rows(draft, rows, drafts)
            made += rows
        else:
            made.append(make(draft))
    return _program(made)


def _program(drafts: list[Draft]) -> Program:
    # What is repeated, or stands in several templates that are written in their places.
    repeated = {
        call.template
        for draft in drafts
        for call in draft.template.children
        if isinstance(call, GroupCall)
        and (len(call.names) > 1 or (draft.template.inline and draft.places > 1))
    }
    *inner, root = drafts
    made = [
        replace(draft.template, inline=draft.template.inline and draft.name not in repeated)
        for draft in inner
    ]
    return Program(root.template, {template.name: template for template in made})


def _keep(draft: Draft, inferred: Inferred) -> None:
    """Let those that use a draft know what differs between its instances."""
    draft.channel_params = inferred.channel_params
    for group, values in zip(draft.instances, inferred.values, strict=True):
        group.values = values


def _rows(draft: Draft, drafts: list[Draft]) -> list[Draft]:
    """A draft for each instance of one that is the same group in turns, such as the stages of a
    residual network: as rows of a table they read better than as uses of one template."""
    parents = [other for other in drafts if draft in other.drafts()]
    if not _is_in_turns(draft) or any(len(parent.instances) > 1 for parent in parents):
        return []
    rows = []
    for number, group in enumerate(draft.instances, 1):
        row = Draft(draft.class_name, draft.inputs, draft.slots, draft.outputs, draft.result)
        row.add(group, group.places)
        row.name = f"{draft.name}.{number}"
        row.places = 1
        rows.append(row)
    return rows


def _is_in_turns(draft: Draft) -> bool:
    """Whether it stands at several places, and is the same group in turns, or in one turn."""
    kinds = {slot.kind for slot in draft.slots}
    return (
        draft.places > 1
        and not draft.in_turns
        and len(kinds) == 1
        and isinstance(next(iter(kinds)), Draft)
        and (len(draft.slots) > 1 or draft.slots[0].name == "0")
    )


def _put_rows(draft: Draft, rows: list[Draft], drafts: list[Draft]) -> None:
    """Put the rows in the places of the draft that they were."""
    of_group = {id(row.first): row for row in rows}
    for parent in drafts:
        parent.slots = tuple(
            [
                slot._replace(kind=of_group[id(parent.first.child(k))])
                if slot.kind is draft
                else slot
                for k, slot in enumerate(parent.slots)
            ]
        )


def _asking(drafts: list[Draft]) -> set[Draft]:
    """The drafts whose expressions may name `in_channels`.

    A template at one place is written inside the one around it, and `in_channels` would be
    what that one reads: it may be named where this is the same.
    """
    asking = {draft for draft in drafts if draft.places > 1}
    for draft in reversed(drafts):
        for slot in draft.slots:
            if isinstance(slot.kind, Draft) and draft in asking and slot.kind.places == 1:
                first = slot.reads[0]
                if not first.child and not first.place:
                    asking.add(slot.kind)
    return asking


def _is_one_repeat(children: tuple[Call, ...], single: bool) -> bool:
    """Whether it is one group in turns; `single`: or in one turn that is called as the first."""
    only = children[0]
    return (
        len(children) == 1
        and isinstance(only, GroupCall)
        and only.when is True
        and (len(only.names) > 1 or (single and only.names == ("0",)))
    )
