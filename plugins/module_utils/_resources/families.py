# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: families that objects of others refer to."""

from __future__ import annotations

from .._rest.family import Family

DATA_SOURCES = Family(
    "data source",
    "data sources",
    "organizations/{organization_id}/data-sources",
    key="displayName",
    # The managed warehouse is spared, so that pages must not disagree about it.
    identifying=("isBasedashWarehouse",),
)

# Whether the API lists groups is known from third parties alone.
GROUPS = Family("group", "groups", "organizations/{organization_id}/groups")

# Addresses are compared without regard to case, as mail systems do.
MEMBERS = Family(
    "member",
    "members",
    "organizations/{organization_id}/members",
    key="user.email",
    key_option="email",
    key_form=str.casefold,
)
