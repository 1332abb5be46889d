"""Why an act of the administration is refused.

AdminError
├── NotAllowed         the role doesn't allow it
│   └── NotOpened      the role does, but the conversation wasn't opened with a reason within the last half hour
├── LastAdministrator  nobody would be left to administer
├── NoSuchPerson       deleted meanwhile, say
├── NoSuchConversation likewise
├── BadReason          too short or too long to tell a conversation's owner
├── BadDays            not a number of days
├── BadLimit           not a whole number
├── BadDate            not a day
├── BadFields          what is wrong with which field
├── BadSettings        values that settings don't take
└── BadFile            a file that can't be taken, with the reason
"""

from __future__ import annotations

from collections.abc import Sequence

from locales import text


class AdminError(Exception):
    """`key` is the sentence's in the locales; its {places} are filled with `values`."""

    key = ""

    def __init__(self, **values: object) -> None:
        super().__init__(type(self).__name__)
        self.values = values

    def sentence(self, language: str) -> str:
        return text(self.key, language, **self.values)


class NotAllowed(AdminError):
    key = "admin.not_allowed"


class LastAdministrator(AdminError):
    key = "admin.last_administrator"


class NoSuchPerson(AdminError):
    key = "admin.no_such_person"


class NoSuchConversation(AdminError):
    key = "admin.no_such_conversation"


class NotOpened(NotAllowed):
    """The role would allow it, but it needs a reason first."""

    key = "admin.not_opened"


class BadReason(AdminError):
    key = "admin.bad_reason"


class BadDays(AdminError):
    key = "admin.bad_days"


class BadFields(AdminError):
    """`errors` are the sentences by field."""

    key = "admin.bad_fields"

    def __init__(self, errors: dict[str, list[str]]) -> None:
        super().__init__(fields=", ".join(errors))
        self.errors = errors


class BadLimit(AdminError):
    key = "admin.bad_limit"


class BadDate(AdminError):
    """`typed` is no day."""

    key = "admin.bad_date"


class BadSettings(AdminError):
    """`names` of the settings; each has a sentence of its own, `admin.bad_setting.<name>`."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__()
        self.names = tuple(names)

    def sentence(self, language: str) -> str:
        return " ".join(text(f"admin.bad_setting.{name}", language) for name in self.names)


class BadFile(AdminError):
    """`reason` is the key of a sentence."""

    def __init__(self, reason: str, **values: object) -> None:
        super().__init__(**values)
        self.key = reason
