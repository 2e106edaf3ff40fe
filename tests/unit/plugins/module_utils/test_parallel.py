# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Work that is done for several items at once."""

from __future__ import annotations

from unittest.mock import Mock

import pytest

from ansible_collections.community.basedash.plugins.module_utils._base.errors import BasedashError
from ansible_collections.community.basedash.plugins.module_utils._http.parallel import in_parallel


@pytest.mark.parametrize(("error", "abandons"), [(BasedashError("403"), False), (KeyboardInterrupt(), True)])
def test_only_an_interruption_ends_the_whole_task(error: BaseException, abandons: bool) -> None:
    client = Mock()

    def work(number: int) -> int:
        if number:
            raise error
        return number

    with pytest.raises(type(error)):
        in_parallel(client, 2, work, [0, 1, 0])
    assert client.abandon.called is abandons
