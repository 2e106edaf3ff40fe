# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ansible_collections.community.basedash.plugins.modules.basedash_configuration_info import SPEC, main
from ansible_collections.community.basedash.plugins.plugin_utils._action import TaskAction

# Linters look for a module's main function here, to see its options.
__all__ = ["ActionModule", "main"]


class ActionModule(TaskAction):
    """Runs basedash_configuration_info in the controller's worker if the result is the same there, else as a module."""

    spec = SPEC
