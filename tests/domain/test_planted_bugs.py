"""Plausible bugs, planted one at a time: the tests of the clock must catch each of them.

By default a dozen are planted, with TTHC_HEAVY=1 all of BUGS: off by one at closing and at
overdue, the cut-off, a holiday on the day of receipt, the worked Saturday and its hours, lunch,
the resume after hours, days given back twice, the month's end, the roll backward, a suspension
after due, noon, changes of the clock, years not loaded, pauses, the letter issued too late.
"""

import os
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

HERE = Path(__file__).parent
SUITE = [
    HERE.parent / "law" / "test_clock.py",
    HERE.parent / "service" / "test_vectors.py",
    HERE / "test_calendar.py",
    HERE / "test_moving.py",
    HERE / "test_due.py",
    HERE / "test_deadline.py",
]


class Bug(NamedTuple):
    name: str
    module: str
    old: str
    new: str


BUGS = [
    Bug(
        "exactly at closing counts as after it",
        "due",
        "received_at <= calendar.closing_time(day)",
        "received_at < calendar.closing_time(day)",
    ),
    Bug(
        "overdue at closing instead of midnight",
        "due",
        "        calendar.midnight(day + ONE_DAY),\n",
        "        calendar.closing_time(day),\n",
    ),
    Bug(
        "a holiday is no day off",
        "calendar",
        "if day in self.days_off:\n            return ()\n        if day in self.days_worked",
        "if day in self.days_worked",
    ),
    Bug("worked Saturdays are forgotten", "calendar", "if day in self.days_worked:", "if False:"),
    Bug(
        "closing is when lunch begins",
        "calendar",
        "self._worked_slots(day)[-1].closes",
        "self._worked_slots(day)[0].closes",
    ),
    Bug(
        "lunch is worked",
        "worktime",
        "opens = wall_micros(day, slot.opens, zone)",
        "opens = max(wall_micros(day, slots_of(day)[0].opens, zone), ([0] + self._closes)[-1])",
    ),
    Bug(
        "a resume after hours counts that day",
        "moving",
        "resumed_on = effective_day(calendar, until, clock.policy.start_rule)",
        "resumed_on = calendar.local_date(until)",
    ),
    Bug(
        "a working day is given back twice",
        "moving",
        "first = max(calendar.local_date(at), given_to)",
        "first = calendar.local_date(at)",
    ),
    Bug(
        "the month's end overflows to the 28th",
        "due",
        "min(day.day, monthrange(year, month + 1)[1])",
        "min(day.day, 28)",
    ),
    Bug(
        "a suspension after due saves the case",
        "moving",
        "if due.is_over(at):",
        "if False:",
    ),
    Bug(
        "past the cut-off begins at it",
        "due",
        "local.time() > term.cutoff",
        "local.time() >= term.cutoff",
    ),
    Bug("noon is afternoon", "due", "local.time() <= NOON", "local.time() < NOON"),
    # -- with TTHC_HEAVY=1 --
    Bug(
        "an instant term is overdue at its instant",
        "due",
        "midnight, at + MICROSECOND,",
        "midnight, at,",
    ),
    Bug(
        "the day of the request is given back too",
        "moving",
        "max(0, calendar.working_days_between(first, resumed_on))",
        "max(0, calendar.working_days_between(first, resumed_on) + 1)",
    ),
    Bug(
        "a restart counts from the request",
        "moving",
        "again = due_of(clock.calendar, clock.term, until, clock.policy)",
        "again = due_of(clock.calendar, clock.term, at, clock.policy)",
    ),
    Bug(
        "a month rolls backward",
        "due",
        "made = due_on_date(calendar, calendar.roll_forward(day))",
        "made = due_on_date(calendar, calendar.add_working_days(day + ONE_DAY, -1))",
    ),
    Bug(
        "taken as of another day, still an afternoon",
        "due",
        " or local.date() != start",
        "",
    ),
    Bug(
        "same day, however late",
        "due",
        "if calendar.is_worked(day) and received_at <= calendar.closing_time(day):",
        "if calendar.is_worked(day):",
    ),
    Bug(
        "clocks that go forward",
        "localtime",
        "return before if before <= after else _change_between(after, before, zone)",
        "return before",
    ),
    Bug(
        "clocks that go back",
        "localtime",
        "return before if before <= after else _change_between(after, before, zone)",
        "return max(before, after)",
    ),
    Bug(
        "local instants compare by their walls",
        "localtime",
        "return instant.astimezone(_fixed(offset))",
        "return instant.astimezone(zone)",
    ),
    Bug(
        "a slot in which the clocks change has one offset",
        "worktime",
        "return closes if opens.tzinfo is closes.tzinfo else None",
        "return closes",
    ),
    Bug("closing is outside", "worktime", "at <= self._closes[i]\n", "at < self._closes[i]\n"),
    Bug(
        "a result at closing moves to the next opening",
        "worktime",
        "i = bisect_left(self._by_end, amount)",
        "i = bisect_right(self._by_end, amount)",
    ),
    Bug(
        "counting back, the day itself counts",
        "calendar",
        "days.before(day) + amount",
        "days.by_end_of(day) + amount",
    ),
    Bug(
        "a year not loaded is guessed",
        "calendar",
        "return Layout(self.years,",
        "return Layout(None,",
    ),
    Bug(
        "a worked Saturday always has Monday's hours",
        "hours",
        "return self.on(day) or next(filter(None, self.days))",
        "return next(filter(None, self.days))",
    ),
    Bug(
        "a pause that is over is waited for again",
        "worktime",
        "if end is not None and end <= at:",
        "if end is not None and end < at - 10**12:",
    ),
    Bug(
        "a pause within a pause cuts it short",
        "suspension",
        "one.ended_at > last.ended_at)",
        "one.ended_at != last.ended_at)",
    ),
    Bug(
        "a late letter extends",
        "moving",
        "due.is_over(extension.extended_at) or due.is_over(extension.letter_issued_at)",
        "due.is_over(extension.letter_issued_at)",
    ),
    Bug(
        "hours are shifted by the wall clock",
        "moving",
        "suspended = calendar.working_seconds_between(at, until)",
        "suspended = int((until - at).total_seconds())",
    ),
    Bug(
        "a day's share is of the first day of the week",
        "due",
        "share = term.fraction * calendar.working_seconds_of(day)",
        "share = term.fraction * 8 * 3600 - 1",
    ),
    Bug(
        "the calendar's zone is forgotten",
        "calendar",
        "return instant.astimezone(self.zone).date()",
        "return instant.date()",
    ),
]
HEAVY = os.environ.get("TTHC_HEAVY") == "1"
PLANTED = BUGS if HEAVY else BUGS[:12]


def run_with(bug: Bug) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            *(sys.executable, str(HERE / "planted.py")),
            *(f"tthc.domain.{bug.module}", bug.old, bug.new),
            *map(str, SUITE),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
        cwd=HERE.parents[1],
    )


@pytest.mark.parametrize("bug", PLANTED, ids=[bug.name for bug in PLANTED])
def test_a_planted_bug_is_caught(bug: Bug) -> None:
    done = run_with(bug)
    assert done.returncode == pytest.ExitCode.TESTS_FAILED, done.stdout[-2000:] + done.stderr


def test_without_a_bug_the_same_tests_pass() -> None:
    done = run_with(Bug("none", "due", "NOON = time(12)", "NOON = time(12, 0)"))
    assert done.returncode == pytest.ExitCode.OK, done.stdout[-2000:] + done.stderr
