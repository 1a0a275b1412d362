"""`$name` and `${...}`: what has a value, which, and why the rest has none."""

from __future__ import annotations

import ast
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnnshape.spec import limits
from cnnshape.spec.bounds import Budget, ExpressionError, UnknownName
from cnnshape.spec.expressions import compile_text, value_of
from cnnshape.spec.functions import FUNCTIONS, make_divisible
from cnnshape.spec.template import TextTemplate

NAMES = {
    "width": 64,
    "scale": 0.5,
    "depths": (2, 3, (4, 5)),
    "kind": "basic",
    "wide": True,
    "none": None,
}


def value(text: str, **names: Any) -> Any:
    template = compile_text(text)
    assert isinstance(template, TextTemplate)
    return template.evaluate({**NAMES, **names}, Budget())


def problem(text: str) -> str:
    with pytest.raises(ExpressionError) as caught:
        value(text)
    return str(caught.value)


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("1 + 2 * 3", 7), ("7 // 2", 3), ("7 / 2", 3.5), ("7 % 4", 3), ("-7 // 2", -4),
        ("2 ** 10", 1024), ("2 ** 40", 2**40), ("(-2) ** 39", -(2**39)), ("2 ** -1", 0.5),
        ("0 ** 5", 0), ("1 ** 99999", 1), ("(-1) ** 99999", -1), ("(-2.0) ** 2", 4.0),
        ("4 ** 0.5", 2.0), ("-width", -64), ("+width", 64), ("-(-1)", 1), ("width // 3 * 2", 42),
        ("width * scale", 32.0), ("True + true", 2),
        ("1 < 2", True), ("1 < 2 < 2", False), ("1 <= 1 != 2", True), ("width == 64.0", True),
        ("kind == 'basic'", True), ('kind != "basic"', False), ("kind in ['basic', 'deep']", True),
        ("'as' in kind", True), ("3 not in depths", False), ("none == null", True),
        ("not wide", False), ("wide and width", 64), ("false or kind", "basic"),
        ("wide and 0 and 1 / 0", 0), ("1 or 1 / 0", 1),
        ("1 if wide else 1 / 0", 1), ("1 / 0 if not wide else 2", 2),
        ("depths[0]", 2), ("depths[-1][1]", 5), ("kind[0]", "b"), ("[1, 2][1]", 2),
        ("[width, [1], 'a']", (64, (1,), "a")), ("(1, 2)", (1, 2)), ("[]", ()),
        ("[1] + [2]", (1, 2)), ("[1] * 3", (1, 1, 1)), ("2 * [1, 2]", (1, 2, 1, 2)),
        ("[1] * -1", ()), ("'a' + kind", "abasic"), ("None", None), ("null", None),
        ("{}".format("1" + " + 1" * 20), 21), (" 1 ", 1),
        ("'}'", "}"), ('"{}"', "{}"), ("'it' + \"'s\"", "it's"),
    ],
)  # fmt: skip
def test_values(code: str, expected: object) -> None:
    found = value("${" + code + "}")
    assert found == expected
    assert type(found) is type(expected)


CALLS: dict[str, list[tuple[str, object]]] = {
    "abs": [("-3", 3), ("-0.5", 0.5)],
    "ceil": [("2.1", 3), ("-2.1", -2), ("2", 2)],
    "floor": [("2.9", 2), ("-2.1", -3)],
    "int": [("2.9", 2), ("-2.9", -2), ("true", 1)],
    "len": [("depths", 3), ("kind", 5), ("[]", 0)],
    "make_divisible": [("37, 8", 40), ("16 * 0.75, 8", 16), ("10, 8", 16), ("1, 8, 16", 16)],
    "max": [("1, 3, 2", 3), ("[1, 3, 2]", 3), ("1, 2.5", 2.5)],
    "min": [("1, 3, 2", 1), ("[4, 3]", 3)],
    "round": [("2.5", 2), ("2.567, 2", 2.57), ("1234, -2", 1200)],
    "sqrt": [("16", 4.0), ("2.25", 1.5)],
    "sum": [("[1, 2, 3]", 6), ("[1, 2], 10", 13), ("[]", 0)],
}


def test_every_function_is_tested() -> None:
    assert set(CALLS) == set(FUNCTIONS)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [(name, *case) for name, cases in CALLS.items() for case in cases],
)
def test_functions(name: str, arguments: str, expected: object) -> None:
    found = value(f"${{{name}({arguments})}}")
    assert found == expected
    assert type(found) is type(expected)


@given(st.floats(1, 1e6), st.integers(1, 64))
def test_make_divisible_is_the_reference_codes(width: float, divisor: int) -> None:
    rounded = make_divisible(width, divisor)
    assert rounded % divisor == 0
    assert rounded >= 0.9 * width
    assert abs(rounded - width) <= 1.5 * divisor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$width", 64), ("${width}", 64), ("a$width", "a64"), ("$width$width", "6464"),
        ("conv${width + 1}_$kind", "conv65_basic"), ("$width.x", "64.x"), ("$$$width", "$64"),
        ("${wide}!", "true!"), ("${none}!", "null!"), ("${scale}!", "0.5!"),
        ("x${'${'}", "x${"),
    ],
)  # fmt: skip
def test_texts_with_expressions_in_them(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize(("text", "plain"), [("$$", "$"), ("a$$b", "a$b"), ("$${x}", "${x}")])
def test_two_dollars_are_a_plain_one(text: str, plain: str) -> None:
    assert compile_text(text) == plain


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("$", "after $ comes a name or an expression in braces; write $$ for a plain $"),
        ("a $ b", "after $ comes a name or an expression in braces; write $$ for a plain $"),
        ("$5", "after $ comes a name or an expression in braces; write $$ for a plain $"),
        ("${1 + 2", "${ is not closed by }"),
        ("${'}", "${ is not closed by }"),
        ("${}", "${} is no expression: invalid syntax"),
        ("${1 +}", "${1 +} is no expression: invalid syntax"),
        ("$if", "${if} is no expression: invalid syntax"),
        ("${x = 1}", "${x = 1} is no expression: "),
        ("${(x := 1)}", "NamedExpr is not allowed in an expression"),
        ("${lambda: 1}", "Lambda is not allowed in an expression"),
        ("${[x for x in depths]}", "ListComp is not allowed in an expression"),
        ("${{1: 2}}", "is no expression"),
        ("${f'{width}'}", "JoinedStr is not allowed in an expression"),
        ("${kind.upper()}", "only functions by name, without keywords"),
        ("${kind.x}", "Attribute is not allowed in an expression"),
        ("${round(1.5, ndigits=1)}", "only functions by name, without keywords"),
        ("${max(*depths)}", "Starred is not allowed in an expression"),
        ("${depths[0:1]}", "Slice is not allowed in an expression"),
        ("${eval('1')}", "there is no function eval; there are abs, ceil, floor, int, len, "),
        ("${1 << 2}", "LShift is not allowed in an expression"),
        ("${1 | 2}", "BitOr is not allowed in an expression"),
        ("${1 @ 2}", "MatMult is not allowed in an expression"),
        ("${~1}", "Invert is not allowed in an expression"),
        ("${1 is 1}", "Is is not allowed in an expression"),
        ("${1j}", "1j is not allowed in an expression"),
        ("${b'a'}", "b'a' is not allowed in an expression"),
        ("${...}", "Ellipsis is not allowed in an expression"),
        ("${1099511627777}", "the value is too large: whole numbers go up to 2^40"),
        ("${1e999}", "the value is not finite"),
        ("${" + "(" * 150 + "1" + ")" * 150 + "}", None),
        ("${" + "-" * 41 + "1}", "the expression nests more than 40 deep"),
        ("${1" + "+1" * 250 + "}", "the expression has 501 characters; it may have 500"),
    ],
)  # fmt: skip
def test_what_is_no_expression(text: str, message: str | None) -> None:
    if message is None:  # parentheses leave no trace in the tree
        assert value(text) == 1
        return
    with pytest.raises(ExpressionError) as caught:
        compile_text(text)
    assert message in str(caught.value)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("nothing", "nothing is not defined here"),
        ("1 / 0", "1 / 0 divides by zero"), ("1 // 0", "1 // 0 divides by zero"),
        ("1 % 0", "1 % 0 divides by zero"), ("0 ** -1", "0 ** -1 divides by zero"),
        ("1 + 'a'", "1 + 'a' has no value"), ("'a' * 3", "'a' * 3 has no value"),
        ("'%d' % 3", "'%d' % 3 has no value"), ("[1] - [1]", "[1] - [1] has no value"),
        ("none + 1", "null + 1 has no value"), ("[1] * 0.5", "[1] * 0.5 has no value"),
        ("[1] * true", "[1] * true has no value"), ("[1] * [1]", "[1] * [1] has no value"),
        ("-kind", "'basic' has no sign"), ("-depths", "[2, 3, (4, 5)] has no sign"),
        ("1 < 'a'", "1 < 'a' cannot be compared"), ("1 in 2", "1 in 2 cannot be compared"),
        ("1 in 'a'", "1 in 'a' cannot be compared"),
        ("width[0]", "64[0] has no value"), ("depths[0.0]", "[2, 3, (4, 5)][0.0] has no value"),
        ("depths[true]", "[2, 3, (4, 5)][true] has no value"),
        ("depths[3]", "[2, 3, (4, 5)] has 3 elements, none at 3"),
        ("depths[-4]", "[2, 3, (4, 5)] has 3 elements, none at -4"),
        ("sqrt(-1)", "sqrt(-1) has no value"), ("len(1)", "len(1) has no value"),
        ("max()", "max() has no value"), ("max([])", "max([]) has no value"),
        ("max(1, 'a')", "max(1, 'a') has no value"), ("sum(['a'])", "sum(['a']) has no value"),
        ("int('5')", "int('5') has no value"), ("round(1, 99)", "round(1, 99) has no value"),
        ("abs(1, 2)", "abs(1, 2) has no value"),
        ("make_divisible(1, 0)", "make_divisible(1, 0) has no value"),
        ("(-8) ** 0.5", "-8 ** 0.5 has no real value"),
        ("(-8.0) ** 0.5", "-8.0 ** 0.5 has no real value"),
        ("2 ** 41", "the value is too large: whole numbers go up to 2^40"),
        ("2 ** 42", "2 ** 42 is too large"), ("9 ** 9 ** 9", "9 ** 387420489 is too large"),
        ("1e300 ** 2", "1e+300 ** 2 is too large"), ("1e300 * 1e300", "the value is not finite"),
        ("width ** 7", "64 ** 7 is too large"),
        ("[1] * 1001", "a list may have 1,000 elements"),
        ("[1] * 999 + [1]", "a list may have 1,000 elements"),
        ("[[1] * 499] * 3", "a list may have 1,000 elements"),
        ("[" + "'aaaaaaaaaa', " * 30 + "] * 4", "a list may have 1,000 elements"),
    ],
)  # fmt: skip
def test_what_has_no_value(code: str, message: str) -> None:
    assert problem("${" + code + "}") == message


def test_code_without_braces_has_its_value() -> None:
    assert value_of("width // 3", NAMES) == 21
    assert value_of("kind + '}'", NAMES) == "basic}"
    with pytest.raises(ExpressionError, match="1 / 0 divides by zero"):
        value_of("1 / 0", NAMES)


def test_a_text_has_a_bound() -> None:
    assert value("$long", long="a" * limits.LIST) == "a" * limits.LIST
    with pytest.raises(ExpressionError, match="a text may have 1,000 characters"):
        value("x$long", long="a" * limits.LIST)
    with pytest.raises(ExpressionError, match="a text may have 1,000 characters"):
        value("${long + 'a'}", long="a" * limits.LIST)


def test_an_unknown_name_is_told_apart() -> None:
    with pytest.raises(UnknownName) as caught:
        value("${widht + 1}")
    assert caught.value.name == "widht"


def test_a_name_hides_a_constant_but_not_a_function() -> None:
    assert value("$none", none=3) == 3
    assert value("${max(max, 2)}", max=5) == 5


def test_all_expressions_of_a_spec_share_one_budget() -> None:
    budget = Budget(work=100)
    template = compile_text("${[1] * 20}")
    assert isinstance(template, TextTemplate)
    template.evaluate({}, budget)
    assert 0 < budget.left < 80
    with pytest.raises(ExpressionError, match="make more than 2,000,000 values"):
        list(map(template.evaluate, [{}] * 10, [budget] * 10))


# Against Python itself ----------------------------------------------------------------

numbers = st.integers(-20, 20).map(str) | st.sampled_from(["0.5", "2.5", "true", "false"])
operators = st.sampled_from(["+", "-", "*", "/", "//", "%", "<", "<=", "==", "!=", "and", "or"])


def combined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.one_of(
        st.builds("({} {} {})".format, inner, operators, inner),
        st.builds("({} if {} else {})".format, inner, inner, inner),
        st.builds("max({}, {})".format, inner, inner),
        st.builds("(-{})".format, inner),
        st.builds("(not {})".format, inner),
    )


@pytest.mark.slow
@given(st.recursive(numbers, combined, max_leaves=12))
def test_arithmetic_is_pythons(code: str) -> None:
    compiled = compile(ast.parse(code, mode="eval"), "<test>", "eval")
    try:
        expected = eval(compiled, {"true": True, "false": False})  # noqa: S307
    except ZeroDivisionError:
        expected = None
    if expected is None or len(code) > limits.EXPRESSION_CHARACTERS:
        problem("${" + code + "}")
        return
    found = value("${" + code + "}")
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.slow
@given(st.text(max_size=40))
def test_any_text_is_compiled_or_refused(text: str) -> None:
    with suppress(ExpressionError):
        template = compile_text("${" + text + "}")
        if isinstance(template, TextTemplate):
            template.evaluate(NAMES, Budget())
