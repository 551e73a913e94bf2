"""What can be refused: a small tree, each with a sentence in Vietnamese that says what to do."""


class TthcError(Exception):
    """A refusal. Its text is shown to the person as it is."""


class SettingError(TthcError):
    """The environment or the machine does not allow what was asked (exit 1)."""


class InputError(TthcError):
    """A file, form or command line cannot be read as what it claims to be."""


class AmbiguousCountError(InputError):
    """A number can be read two ways: whoever has the file says which."""


class RepeatError(InputError):
    """A request bears the key of another one that was answered before."""


class RuleError(TthcError):
    """The law, or a rule that follows from it, refuses an act."""


class NotFoundError(TthcError):
    """There is no such thing, or none within the reader's scope."""


class RulesFileError(TthcError):
    """A file under `rules/` is not valid; the text names the file and the entry."""


class BusyError(TthcError):
    """Another process holds the work that was asked for."""


class CalendarYearError(RuleError):
    """A computation needs a year that the calendar does not hold: refused, never guessed."""


class ConflictError(TthcError):
    """Somebody else was faster: the case, or its code, is no longer as the person saw it."""


class SignInError(TthcError):
    """A login and a password that do not belong together; never says which is wrong."""


class EndedError(TthcError):
    """A program's secret that was good a moment ago and is no longer."""


class TooManyError(TthcError):
    """Tried more often than is allowed: nothing was looked at."""


class ForbiddenError(TthcError):
    """The thing is there for the reader, but what was asked is not theirs to do."""
