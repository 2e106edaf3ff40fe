# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: automations, which let Basedash's AI follow instructions again and again.

The vendor's page about the creation shows its fields, which are flat there and nested in answers. No page shows the
words of triggers or the body of an update, so words are passed on, and an update is sent in the form of a creation. A
PATCH may have the defaults of a creation, so each field that may have one is in every update.
"""

from __future__ import annotations

from typing import Any

from .._base.errors import InputError
from .._base.text import quoted
from .._engine.forms import COMMA_ADDRESSES, FLAG, LINES, NUMBER, ONE_LINE, WORD, Form
from .._engine.kind import Field, Kind, fact
from .families import AUTOMATIONS, DATA_SOURCES


def _without_commas(option: str, addresses: list[str]) -> list[str]:
    """Return e-mail addresses.

    Raises:
        InputError: if one has a comma in it, because the API separates addresses by commas.
    """
    for address in addresses:
        if "," in address:
            message = "The option %s has an address with a comma in it (%s): give each address as an item of the list."
            raise InputError(message % (option, quoted(address)))
    return addresses


def _nested(option: str, sent_as: str, shown_as: str = "", form: Form = ONE_LINE, **more: Any) -> Field:
    """Return a field that is flat in requests and nested in answers, and that a PATCH without it may reset."""
    place = "%s.%s" % (option.partition(".")[0], shown_as or sent_as)
    return Field(option, form, sent_as, place, in_every_update=True, **more)


AUTOMATION = Kind(
    AUTOMATIONS,
    (
        fact("id"),
        Field("name"),
        Field("instructions", LINES, needed_to_create=True),
        Field("active", FLAG, in_every_update=True),
        Field("icon", in_every_update=True),
        Field("color", in_every_update=True),
        _nested("trigger.type", "triggerType", "type", WORD),
        _nested("trigger.frequency", "frequency", form=WORD),
        _nested("trigger.hour", "preferredHour", form=NUMBER, limits=(0, 23)),
        _nested("trigger.day_of_week", "preferredDayOfWeek", form=NUMBER, limits=(0, 6)),
        _nested("trigger.day_of_month", "preferredDayOfMonth", form=NUMBER, limits=(1, 31)),
        _nested(
            "trigger.data_source_id",
            "triggerDatabaseConnectionId",
            "databaseConnectionId",
            refers_to=DATA_SOURCES,
        ),
        _nested("trigger.sql_query", "triggerSqlQuery", "sqlQuery", LINES),
        _nested("notifications.slack_channel", "slackChannel", emptied_as=None),
        _nested("notifications.email_recipients", "emailRecipients", form=COMMA_ADDRESSES, check=_without_commas),
        fact("created_by_member_id"),
        fact("archived_at"),
        fact("organization_id"),
        fact("created_at"),
        fact("updated_at"),
    ),
    renamed_by="new_name",
)
