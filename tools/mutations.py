"""The small mistakes that `tools.mutants` makes in a module: what is changed, and how it is written down.

Left alone: annotations, decorators, docstrings, imports, log lines, and texts for people.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_CONTEXT = 30  # letters shown on both sides of a change
_COMPARED = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COMPUTED = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult, ast.Pow: ast.Mult, ast.BitOr: ast.BitAnd, ast.BitAnd: ast.BitOr,
}  # fmt: skip
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_SQL = re.compile(r"\b(SELECT|WHERE|AND|ORDER BY|BEGIN)\b")
_SQL_CHANGES = (
    (" >= ", " > "), (" > ", " >= "), (" < ", " <= "), (" = ", " <> "), (" AND ", " OR "), (" OR ", " AND "),
    (" DESC", ""), (" IMMEDIATE", ""), ("NOT EXISTS", "EXISTS"), ("ORDER BY ", "ORDER BY -"),
)  # fmt: skip
_SILENT = (ast.Import, ast.ImportFrom, ast.Global, ast.Nonlocal, ast.Pass)
_LEFT_ALONE = {"annotation", "returns", "decorator_list", "bases", "format_spec", "exc", "cause"}
_DROPPED = (ast.Expr, ast.Assign, ast.AugAssign, ast.Raise, ast.Continue, ast.Break, ast.Delete)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node hangs in the tree: `owner.field`, or an item of that list."""

    owner: ast.AST
    field: str
    index: int | None

    def put(self, node: ast.AST) -> None:
        """Hang another node there."""
        if self.index is None:
            setattr(self.owner, self.field, node)
        else:
            getattr(self.owner, self.field)[self.index] = node


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change. `within` names the function that holds it; `before` and `after` show it with a little around."""

    within: str
    line: int
    before: str
    after: str
    place: Place
    old: ast.AST
    new: ast.AST

    def code(self, tree: ast.Module, path: str) -> object:
        """Return the module's code with this change; the tree is as before afterwards."""
        self.place.put(self.new)
        try:
            return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
        finally:
            self.place.put(self.old)


def mutants(tree: ast.Module) -> Iterator[Mutant]:
    """Yield every change of a module, in the order of its text."""
    for number in range(len(tree.body)):
        yield from _of_statement(Place(tree, "body", number), tree.body[number], ())


def _of_statement(place: Place, node: ast.stmt, within: tuple[str, ...]) -> Iterator[Mutant]:
    if _says_nothing(node):
        return
    if isinstance(node, ast.ClassDef | ast.FunctionDef):
        within = (*within, node.name)
    elif _in_function(place.owner, within) and isinstance(node, _DROPPED):
        yield _mutant(node, within, place, node, ast.Pass())
    for new in _other_operators(node):
        yield _mutant(node, within, place, node, ast.copy_location(new, node))
    for inner, child in _children(node):
        if isinstance(child, ast.stmt):
            yield from _of_statement(inner, child, within)
        else:
            yield from _of_part(node, inner, child, within)


def _in_function(owner: ast.AST, within: tuple[str, ...]) -> bool:
    return bool(within) and not isinstance(owner, ast.ClassDef)


def _of_part(statement: ast.stmt, place: Place, node: ast.AST, within: tuple[str, ...]) -> Iterator[Mutant]:
    """Yield the changes of what is inside a statement, and of the statements inside that (of `except`, `case`)."""
    if isinstance(node, ast.stmt):
        yield from _of_statement(place, node, within)
        return
    if _says_nothing(node):
        return
    for new in _changes(node, place):
        yield _mutant(statement, within, place, node, ast.copy_location(new, node))
    for inner, child in _children(node):
        yield from _of_part(statement, inner, child, within)


def _children(node: ast.AST) -> Iterator[tuple[Place, ast.AST]]:
    for field, value in ast.iter_fields(node):
        if field in _LEFT_ALONE or (field == "keywords" and isinstance(node, ast.ClassDef)):
            continue
        if isinstance(value, ast.AST):
            yield Place(node, field, None), value
        elif isinstance(value, list):
            items = list(enumerate(value))
            yield from ((Place(node, field, index), item) for index, item in items if isinstance(item, ast.AST))


def _says_nothing(node: ast.AST) -> bool:
    """Whether a node is left alone with all that is in it."""
    match node:
        case ast.Expr(value=ast.Constant()) | ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name("log")))):
            return True
        case ast.If(test=ast.Name("TYPE_CHECKING")) | ast.Call(func=ast.Name("_")):
            return True
    return isinstance(node, _SILENT)


# ---- what is changed into what -----------------------------------------------------------------------------------


def _changes(node: ast.AST, place: Place) -> Iterator[ast.AST]:
    if place.field in {"test", "ifs"} and not isinstance(node, ast.BoolOp) and not isinstance(place.owner, ast.IfExp):
        yield from (ast.Constant(value) for value in _fixed(place.owner))
    yield from _other_operators(node)
    match node:
        case ast.IfExp(_test, body, orelse):
            yield from (body, orelse)
        case ast.Call(ast.Name(name), arguments, keywords) if name in _CALLED:
            yield from _other_calls(name, arguments, keywords)
        case ast.Constant(value):
            yield from map(ast.Constant, _other_values(value, place))
    if isinstance(place.owner, ast.Return) and not isinstance(node, ast.Constant):
        yield ast.Constant(None)


def _other_operators(node: ast.AST) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, ops, comparators):
            for index, operator in enumerate(ops):
                yield ast.Compare(left, [*ops[:index], _COMPARED[type(operator)](), *ops[index + 1 :]], comparators)
        case ast.BoolOp(operator, values):
            yield ast.BoolOp(ast.Or() if isinstance(operator, ast.And) else ast.And(), values)
            yield from (_rest(operator, values, index) for index in range(len(values)))
        case ast.BinOp(left, operator, right) if type(operator) in _COMPUTED:
            yield ast.BinOp(left, _COMPUTED[type(operator)](), right)
        case ast.AugAssign(target, operator, value) if type(operator) in _COMPUTED:
            yield ast.AugAssign(target, _COMPUTED[type(operator)](), value)
        case ast.UnaryOp(ast.Not() | ast.USub(), operand):
            yield operand


def _fixed(owner: ast.AST) -> tuple[bool, ...]:
    """Return what a condition is held at; a loop that never ends would only be stopped by the clock."""
    if isinstance(owner, ast.While):
        return (False,)
    return (True,) if isinstance(owner, ast.comprehension) else (True, False)


def _rest(operator: ast.boolop, values: list[ast.expr], without: int) -> ast.expr:
    rest = [value for index, value in enumerate(values) if index != without]
    return rest[0] if len(rest) == 1 else ast.BoolOp(operator, rest)


def _other_calls(name: str, arguments: list[ast.expr], keywords: list[ast.keyword]) -> Iterator[ast.expr]:
    yield ast.Call(ast.Name(_CALLED[name], ast.Load()), arguments, [] if name == "sorted" else keywords)
    if name in {"min", "max"} and len(arguments) > 1:
        yield from arguments


def _other_values(value: object, place: Place) -> Iterator[object]:
    in_text = isinstance(place.owner, ast.JoinedStr)
    match value:
        case bool():
            yield not value
        case int() | float():
            yield value + 1
            if value:
                yield type(value)(0)
        case str() if _SQL.search(value):
            yield from (value.replace(old, new, 1) for old, new in _SQL_CHANGES if old in value)
        case str() if not in_text:
            yield "" if value else "x"


# ---- how a change is shown ---------------------------------------------------------------------------------------


def _mutant(statement: ast.stmt, within: tuple[str, ...], place: Place, old: ast.AST, new: ast.AST) -> Mutant:
    before = _shown(statement)
    if isinstance(new, ast.stmt):
        after = _shown(new)
    else:
        place.put(new)
        after = _shown(statement)
        place.put(old)
        before, after = _shortened(before, after)
    return Mutant(".".join(within), getattr(old, "lineno", statement.lineno), before, after, place, old, new)


def _shown(statement: ast.stmt) -> str:
    """Return a statement on one line, of a compound one the head."""
    text = ast.unparse(statement)
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        text = next(line for line in text.splitlines() if line.startswith(("def ", "class ")))
    return text.splitlines()[0] if hasattr(statement, "body") else " ".join(text.split())


def _shortened(before: str, after: str) -> tuple[str, str]:
    """Cut off what two texts have in common, but for a little around the difference."""
    low = next((n for n, (a, b) in enumerate(zip(before, after, strict=False)) if a != b), min(len(before), len(after)))
    room = min(len(before), len(after)) - low
    high = next((n for n in range(room) if before[-1 - n] != after[-1 - n]), room)
    start, stop = max(0, low - _CONTEXT), max(0, high - _CONTEXT)
    head, tail = "…" * (start > 0), "…" * (stop > 0)
    return tuple(f"{head}{text[start : len(text) - stop]}{tail}" for text in (before, after))  # type: ignore[return-value]
