# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Private to this collection: its version, for the user agent."""

from __future__ import annotations

# The same as in galaxy.yml; a test compares the two.
VERSION = "0.1.0"
