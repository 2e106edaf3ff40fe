# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How a part of the chaos test ended."""

from __future__ import annotations

from dataclasses import dataclass, field

from verdicts import Counts


@dataclass
class Result:
    """The counts of one part, its figures, and what else was not as promised. ``skipped`` says why it did not run."""

    part: str
    counts: Counts = field(default_factory=Counts)
    figures: dict[str, object] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    skipped: str = ""
    seconds: float = 0.0

    def fail(self, text: str) -> None:
        """Note that something was not as promised."""
        self.failures.append(text)

    @property
    def bad(self) -> bool:
        """Tell whether this part failed."""
        return self.counts.bad or bool(self.failures)

    def __str__(self) -> str:
        if self.skipped:
            return f"skipped  {self.part:7} {self.skipped}"
        figures = ", ".join(f"{name} {value}" for name, value in self.figures.items())
        state = "FAILED " if self.bad else "passed "
        return f"{state}  {self.part:7} {self.counts}; {figures}; {self.seconds:.0f} s"
