# Copyright (c) 2026, Basedash collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What data sources have of their own: their first sync, their access policy, and the job that cleans up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from basedash_simulator.behaviour import Behaviour
from basedash_simulator.errors import validation_error
from basedash_simulator.family import Family, Fields
from basedash_simulator.items import DataSource, Item, now
from basedash_simulator.objects import UNSET_FLAGS, answer_object, new_fields
from basedash_simulator.state import Scene
from basedash_simulator.validation import Settings


class DataSources(Family):
    """Direct connections to databases."""

    noun, prefix, title = "Data source", "ds", "displayName"
    dropped = frozenset({"type"})
    unset_flags = UNSET_FLAGS
    seed_keys = frozenset({"access", "related"})
    reserved = frozenset({"verify"})
    item_class = DataSource

    def blank(self, identifier: str, created: str, organization: str) -> Fields:
        return new_fields(identifier, created)

    def from_seed(self, identifier: str, created: str, organization: str, entry: Mapping[str, Any]) -> Fields:
        fields = new_fields(identifier, created)
        fields.update(lastSyncStatus="SUCCESS", lastSuccessfulSyncAt=created, hasCompletedFirstSync=True)
        fields.update({name: entry[name] for name in self.shape if name in entry})
        return fields

    def resets(self) -> Mapping[str, Any]:
        # the switch patch_resets_flags says what becomes of those that have a default
        return {}

    def created(self, scene: Scene, item: Item) -> None:
        assert isinstance(item, DataSource)
        item.start_sync(self.how(scene))

    def changing(self, scene: Scene, item: Item, fields: Fields, settings: Settings) -> None:
        behaviour = self.how(scene)
        if behaviour.unset_secret_flags == "refused" and settings.unset:
            raise validation_error("This server does not know the unset flags.")
        if "displayName" in fields and behaviour.patch_renames != "applied":
            if behaviour.patch_renames == "refused":
                raise validation_error("displayName: Unrecognized key")
            del fields["displayName"]
        if behaviour.patch_resets_flags:
            # the vendor's document suggests that the default (false) is put in for an omitted flag
            for name in {"sslEnabled", "sshEnabled"} - set(settings.fields):
                fields[name] = False

    def changed(self, scene: Scene, item: Item) -> None:
        if self.how(scene).sync_after_update:
            assert isinstance(item, DataSource)
            item.start_sync(self.how(scene))

    def deleted(self, scene: Scene, item: Item) -> None:
        assert isinstance(item, DataSource)
        source, organization, behaviour = item, scene.organization, self.how(scene)
        source.cleanup = "pending"

        def clean_up() -> None:
            source.clean_up()
            if behaviour.definitions_of_deleted_source == "removed":
                for definition in organization.there("definitions"):
                    if definition.fields["databaseConnectionId"] == source.id:
                        definition.remember()
                        definition.deleted_at = now()

        scene.schedule(behaviour.cleanup_seconds, clean_up)

    def shown(self, scene: Scene, fields: Mapping[str, Any], reading: str = "get") -> Fields:
        return answer_object(fields, self.how(scene))

    def settle(self, item: Item, behaviour: Behaviour) -> None:
        if item.due is None or behaviour.sync == "pending" or item.clock.now() < item.due:
            return
        item.remember(item.due)
        item.due = None
        if behaviour.sync == "failed":
            item.fields.update(lastSyncStatus="FAILED", syncErrorMessage="Could not connect to the database.")
            item.fields.update(lastHealthStatus="UNHEALTHY", lastHealthCheckAttemptAt=now())
        else:
            item.fields.update(lastSyncStatus="SUCCESS", hasCompletedFirstSync=True, lastSuccessfulSyncAt=now())

    def held(self, item: Item) -> Fields:
        assert isinstance(item, DataSource)
        return {**item.fields, "access": item.access.as_dict()}

    def state(self, item: Item, behaviour: Behaviour) -> Fields:
        assert isinstance(item, DataSource)
        return {
            **super().state(item, behaviour),
            "access": item.access.as_dict(),
            "related": list(item.related),
            "cleanup": {"status": item.cleanup, "removed": list(item.cleaned)},
        }
