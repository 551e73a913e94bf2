"""What a decree on the one-stop shop says; a case keeps the one of its day of receipt."""

from dataclasses import dataclass, replace
from datetime import date, time

from tthc.domain.term import ClockPolicy, SuspensionRule, TermUnit

UNSURE = " (điều khoản chưa đối chiếu với văn bản)"


@dataclass(frozen=True, slots=True)
class RegimeException:
    """A sector's own rules, with their source; in force in [valid_from, valid_to).

    None: as the decree says.
    """

    sector: str
    suspension_rule: SuspensionRule | None
    valid_from: date
    source: str
    valid_to: date | None = None
    supplement_requests: int | None = None
    ask_within_working_days: int | None = None
    silence_days: int | None = None

    def holds(self, sector: str | None, day: date) -> bool:
        return self.sector == sector and in_force(self.valid_from, self.valid_to, day)


@dataclass(frozen=True, slots=True)
class Regime:
    """What a decree says about the clock, supplements, extensions and letters.

    `unconfirmed` names the entries that no text seen so far settles. `letter_policy` is how
    compliance with the duty to apologise is judged; `online_answer_hours` is the intake clock
    of an online submission, None where the regime has none. A further request for a supplement
    may be recorded with its grounds where `further_with_grounds`. A file received after
    `next_morning_after` is passed on the next morning; `across_levels_days` are working days.
    """

    id: str
    title: str
    valid_from: date
    valid_to: date | None
    policy: ClockPolicy
    supplement_requests: int
    ask_within_working_days: int
    further_with_grounds: bool
    supplement_article: str
    silence_days: int
    silence_unit: TermUnit
    extensions: int
    letter_policy: str
    letter_days_before_due: int
    letter_unit: TermUnit
    letter_article: str
    online_answer_hours: int | None
    online_answer_article: str | None
    next_morning_after: time
    across_levels_days: int
    handover_article: str
    sources: tuple[str, ...]
    unconfirmed: frozenset[str]
    exceptions: tuple[RegimeException, ...]

    def for_sector(self, sector: str | None, received_on: date) -> "Regime":
        """The decree as it holds for a sector: a dated, sourced exception wins."""
        for one in self.exceptions:
            if one.holds(sector, received_on):
                return self._under(one)
        return self

    def policy_for(self, sector: str | None, received_on: date) -> ClockPolicy:
        """The clock's rules for a sector."""
        return self.for_sector(sector, received_on).policy

    def cite(self, article: str) -> str:
        """An article as a sentence cites it: Điều 19.6 Nghị định 118/2025/NĐ-CP.

        One that no text seen confirms says so.
        """
        articles = {
            "supplement.article": self.supplement_article,
            "letter.article": self.letter_article,
            "intake.article": self.online_answer_article,
            "handover.article": self.handover_article,
        }
        unsure = any(articles.get(each) == article for each in self.unconfirmed)
        return f"{article} {self.title}{UNSURE if unsure else ''}"

    def _under(self, one: RegimeException) -> "Regime":
        policy = self.policy
        if one.suspension_rule is not None:
            policy = replace(policy, suspension_rule=one.suspension_rule)
        own = {
            name: value
            for name in ("supplement_requests", "ask_within_working_days", "silence_days")
            if (value := getattr(one, name)) is not None
        }
        return replace(self, policy=policy, **own)


def in_force(valid_from: date, valid_to: date | None, day: date) -> bool:
    """Whether [valid_from, valid_to) holds a day."""
    return valid_from <= day and (valid_to is None or day < valid_to)
