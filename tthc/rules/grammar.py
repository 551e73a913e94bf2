"""The closed grammar of predicate texts, on which PostgreSQL and polars agree.

A text is read once, when the rules are loaded; what the grammar does not know is refused, because
outside it the two engines differ silently (division, casts, date minus date, IS TRUE, LIKE …).
Kinds are checked too, so that an instant is never compared with a date.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tthc.domain.errors import RulesFileError

BOOLEAN, INTEGER, TEXT, DATE, INSTANT = "boolean", "integer", "text", "date", "instant"

TOKEN = re.compile(
    r"""\s*(?:
      (?P<literal>DATE\s+'\d{4}-\d\d-\d\d'
        |TIMESTAMPTZ\s+'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)')
    | (?P<interval>INTERVAL\s+'\d{1,4}\ (?:day|second)')
    | (?P<text>'[^']*')
    | (?P<integer>\d{1,9}\b)
    | (?P<parameter>:[a-z_]+)
    | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
    | (?P<sign><=|>=|<>|[=<>+\-*(),])
    )""",
    re.VERBOSE,
)
COMPARISONS = {"=", "<>", "<", "<=", ">", ">="}
KEYWORDS = {"AND", "OR", "NOT", "IS", "NULL", "IN", "BETWEEN", "DISTINCT", "FROM"} | {
    *("COALESCE", "CASE", "WHEN", "THEN", "ELSE", "END", "TRUE", "FALSE"),
}
PARAMETERS = {":as_of": INSTANT, ":cut": INSTANT, ":from": DATE, ":to": DATE, ":as_of_on": DATE}
PARAMETERS |= {":cut_ordinal": INTEGER, ":as_of_ordinal": INTEGER, ":soon_ordinal": INTEGER}
PARAMETERS |= {":letter_on": DATE}
THRESHOLDS: tuple[str, ...] = (
    "late_recording_days",
    "repeated_supplements",
    "repeated_suspensions",
)
THRESHOLDS += ("many_together",)  # of signals
PARAMETERS |= {f":{name}": INTEGER for name in THRESHOLDS}


@dataclass(frozen=True, slots=True)
class Expression:
    """A checked text, its kind, and the columns that it reads; names stand expanded."""

    text: str
    kind: str
    columns: frozenset[str] = frozenset()


def column(name: str, kind: str) -> Expression:
    """A column of the facts, as an expression."""
    return Expression(name, kind, frozenset({name}))


def read_expression(text: str, names: Mapping[str, Expression]) -> Expression:
    """Check a text; `names` are the columns and the predicates that it may use.

    Raises RulesFileError, which says what was expected where.
    """
    return _Reader(text, names).read()


class _Reader:
    """Reads one text from left to right, one method for each level of precedence."""

    def __init__(self, text: str, names: Mapping[str, Expression]) -> None:
        self.source = text
        self.names = names
        self.tokens = self._tokens()
        self.at = 0
        self.columns: set[str] = set()

    def _tokens(self) -> list[tuple[str, str]]:
        tokens = []
        at = 0
        end = len(self.source.rstrip())
        while at < end:
            found = TOKEN.match(self.source, at)
            if not found or found.lastgroup is None:
                raise RulesFileError(f"Không hiểu “{self.source[at:].strip()}”.")
            kind, text = found.lastgroup, found.group(found.lastgroup)
            if kind == "name" and text.upper() in KEYWORDS:
                kind, text = "keyword", text.upper()
            tokens.append((kind, text))
            at = found.end()
        return tokens

    def read(self) -> Expression:
        result = self._or()
        if self.at < len(self.tokens):
            raise self._unexpected("hết câu")
        return Expression(result.text, result.kind, frozenset(self.columns))

    def _unexpected(self, wanted: str) -> RulesFileError:
        got = self.tokens[self.at][1] if self.at < len(self.tokens) else "hết câu"
        return RulesFileError(f"Cần {wanted}, gặp “{got}” trong “{self.source.strip()}”.")

    def _next(self, *words: str) -> str | None:
        """Take the next token if it is one of these words or signs."""
        if self.at < len(self.tokens):
            kind, text = self.tokens[self.at]
            if kind in {"keyword", "sign"} and text in words:
                self.at += 1
                return text
        return None

    def _need(self, word: str) -> None:
        if not self._next(word):
            raise self._unexpected(f"“{word}”")

    def _same(self, wanted: str, *parts: Expression) -> None:
        for part in parts:
            if part.kind != wanted:
                raise RulesFileError(
                    f"“{part.text}” là {part.kind}, không phải {wanted}, "
                    f"trong “{self.source.strip()}”."
                )

    def _or(self) -> Expression:
        return self._chain("OR", self._and)

    def _and(self) -> Expression:
        return self._chain("AND", self._not)

    def _chain(self, word: str, part: Callable[[], Expression]) -> Expression:
        parts = [part()]
        while self._next(word):
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        self._same(BOOLEAN, *parts)
        return Expression("(" + f" {word} ".join(each.text for each in parts) + ")", BOOLEAN)

    def _not(self) -> Expression:
        if not self._next("NOT"):
            return self._comparison()
        inner = self._not()
        self._same(BOOLEAN, inner)
        return Expression(f"(NOT {inner.text})", BOOLEAN)

    def _comparison(self) -> Expression:
        left = self._sum()
        if sign := self._next(*COMPARISONS):
            right = self._sum()
            self._same(left.kind, right)
            return Expression(f"({left.text} {sign} {right.text})", BOOLEAN)
        if self._next("IS"):
            return self._is(left)
        if self._next("BETWEEN"):
            low = self._sum()
            self._need("AND")
            high = self._sum()
            self._same(left.kind, low, high)
            return Expression(f"({left.text} BETWEEN {low.text} AND {high.text})", BOOLEAN)
        if self._next("IN"):
            self._need("(")
            values = [self._sum()]
            while self._next(","):
                values.append(self._sum())
            self._need(")")
            self._same(left.kind, *values)
            listed = ", ".join(value.text for value in values)
            return Expression(f"({left.text} IN ({listed}))", BOOLEAN)
        return left

    def _is(self, left: Expression) -> Expression:
        negated = " NOT" if self._next("NOT") else ""
        if self._next("NULL"):
            return Expression(f"({left.text} IS{negated} NULL)", BOOLEAN)
        if self._next("DISTINCT"):
            self._need("FROM")
            right = self._sum()
            self._same(left.kind, right)
            return Expression(f"({left.text} IS{negated} DISTINCT FROM {right.text})", BOOLEAN)
        raise self._unexpected("“NULL” hoặc “DISTINCT FROM”")

    def _sum(self) -> Expression:
        left = self._product()
        while sign := self._next("+", "-"):
            if self.at < len(self.tokens) and self.tokens[self.at][0] == "interval":
                if left.kind not in {DATE, INSTANT}:
                    raise self._unexpected("một ngày hoặc một thời điểm trước INTERVAL")
                right = self.tokens[self.at][1]
                self.at += 1
                left = Expression(f"({left.text} {sign} {right})", left.kind)
                continue
            term = self._product()
            self._same(INTEGER, left, term)
            left = Expression(f"({left.text} {sign} {term.text})", INTEGER)
        return left

    def _product(self) -> Expression:
        left = self._atom()
        while self._next("*"):
            right = self._atom()
            self._same(INTEGER, left, right)
            left = Expression(f"({left.text} * {right.text})", INTEGER)
        return left

    def _atom(self) -> Expression:
        if self._next("("):
            inner = self._or()
            self._need(")")
            return inner
        if self._next("COALESCE"):
            return self._coalesce()
        if self._next("CASE"):
            return self._case()
        if word := self._next("TRUE", "FALSE"):
            return Expression(word, BOOLEAN)
        return self._value()

    def _value(self) -> Expression:
        kind, text = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        if kind == "name" and text in self.names:
            value = self.names[text]
            self.columns |= value.columns
        elif kind == "parameter" and text in PARAMETERS:
            value = Expression(text, PARAMETERS[text])
        elif kind in {"text", "integer"}:
            value = Expression(text, kind)
        elif kind == "literal":
            value = Expression(text, DATE if text.startswith("DATE") else INSTANT)
        else:
            raise self._unexpected("một cột, một điều kiện hoặc một giá trị")
        self.at += 1
        return value

    def _coalesce(self) -> Expression:
        self._need("(")
        values = [self._or()]
        while self._next(","):
            values.append(self._or())
        self._need(")")
        self._same(values[0].kind, *values)
        listed = ", ".join(value.text for value in values)
        return Expression(f"COALESCE({listed})", values[0].kind)

    def _case(self) -> Expression:
        text = "CASE"
        results = []
        while self._next("WHEN"):
            condition = self._or()
            self._same(BOOLEAN, condition)
            self._need("THEN")
            results.append(self._or())
            text += f" WHEN {condition.text} THEN {results[-1].text}"
        if not results:
            raise self._unexpected("“WHEN”")
        if self._next("ELSE"):
            results.append(self._or())
            text += f" ELSE {results[-1].text}"
        self._need("END")
        self._same(results[0].kind, *results)
        return Expression(f"({text} END)", results[0].kind)
