# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Groups and members of an organization: who an access policy may name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Person:
    """A group or a member: the object as the API answers it."""

    fields: Mapping[str, Any]

    @property
    def id(self) -> str:
        return str(self.fields["id"])

    @property
    def active(self) -> bool:
        """False for a deactivated member only."""
        return self.fields.get("deactivatedAt") is None


def group(identifier: str, created: str, organization: str, given: Mapping[str, Any]) -> Person:
    """A group; its name is its id if none is given."""
    name = given.get("name", identifier)
    return Person({"id": identifier, "name": name, "organizationId": organization, "createdAt": created})


def member(identifier: str, created: str, organization: str, given: Mapping[str, Any]) -> Person:
    """A member with its user; `given` has fields of both, and what it lacks is made up from the id."""
    full_name = given.get("fullName", identifier)
    user = {
        "id": given.get("userId", f"user_{identifier}"),
        "fullName": full_name,
        "avatarUrl": given.get("avatarUrl"),
        "email": given.get("email", f"{identifier}@example.com"),
        "isEmailVerified": given.get("isEmailVerified", True),
        "createdAt": created,
        "firstName": given.get("firstName", full_name.partition(" ")[0] if full_name else None),
        "title": given.get("title"),
    }
    return Person(
        {
            "id": identifier,
            "createdAt": created,
            "deactivatedAt": given.get("deactivatedAt"),
            "role": given.get("role", "MEMBER"),
            "userId": user["id"],
            "organizationId": organization,
            "user": user,
        }
    )


def ids(people: Iterable[Person]) -> list[str]:
    """Their ids, in the same order."""
    return [person.id for person in people]
