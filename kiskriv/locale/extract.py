"""Babel's eye for the words that stand in the code without a gettext call; pure, standard library only.

    class LedgerBusy(LedgerError):
        message = "another kiskriv is using the deletion log"     the templates of an error
    raise DeliveryError(problem="no clipboard on this machine")    a fact that is a phrase of ours
    self._expect("recording", State.OPEN)                          the name of a step
    Promise("swap", True, ...)                                     the name of what a machine can promise

Babel calls `templates(fileobj, keywords, comment_tags, options)` for each file (its "method for extraction"); it yields what is listed
above and all that Babel's own reader of Python finds.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import IO, Any

Message = tuple[int, Any, Any, Any]
"""Line, the function's name (None: no call), the message or messages, comments."""

_TEMPLATES = {"message", "hint"}
_FACTS = {"problem", "step"}
_NAMERS = {"_expect", "Promise", "_tried"}


def templates(
    fileobj: IO[bytes], keywords: Mapping[str, Any], comment_tags: Collection[str], options: Any
) -> Iterator[Message]:
    """The messages of one Python file, in the order of their lines."""
    from babel.messages.extract import extract_python

    tree = ast.parse(fileobj.read())
    yield from ((node.lineno, None, node.value, []) for node in _phrases(tree))
    fileobj.seek(0)
    yield from extract_python(fileobj, keywords, comment_tags, options)


def _phrases(tree: ast.AST) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.bases:
            yield from _strings(_assigned(node))
        elif isinstance(node, ast.Call):
            yield from _strings(word.value for word in node.keywords if word.arg in _FACTS)
            if _name(node.func) in _NAMERS:
                yield from _strings(node.args[:1])


def _assigned(body: ast.ClassDef) -> Iterator[ast.expr]:
    for line in body.body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and line.value is not None:
            targets = line.targets if isinstance(line, ast.Assign) else [line.target]
            if any(isinstance(target, ast.Name) and target.id in _TEMPLATES for target in targets):
                yield line.value


def _strings(nodes: Iterable[ast.expr]) -> Iterator[ast.Constant]:
    for node in nodes:
        if isinstance(node, ast.IfExp):
            yield from _strings((node.body, node.orelse))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""
