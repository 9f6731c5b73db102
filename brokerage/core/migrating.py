"""Django's migrations, each operation told only what it needs to know.

Django renders every model that hangs together with the one an operation changes. Here that is
nearly all of them, a thousand times over: a minute of two. To add a field, a constraint or a
trigger takes the model itself and what it points at.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from functools import partial
from typing import Any

from django.contrib.postgres.operations import ValidateConstraint
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.operations import AddField, AlterField, CreateModel, RemoveField
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.models import IndexOperation
from django.db.migrations.state import ModelState, ProjectState, StateApps
from django.db.migrations.utils import field_is_referenced, resolve_relation
from django.utils.functional import SimpleLazyObject

Key = tuple[str, str]
OF_ONE_MODEL = (AddField, RemoveField, AlterField, IndexOperation, ValidateConstraint)


class Executor(MigrationExecutor):
    """Runs the same migrations in the same order with the same SQL, there and back."""

    def _create_project_state(self, with_applied_migrations: bool = False) -> ProjectState:
        state = super()._create_project_state(with_applied_migrations)  # type: ignore[misc]  # the stubs lack it
        return Unrendered(state.models, state.real_apps)

    def apply_migration(
        self, state: ProjectState, migration: Migration, *args: Any, **options: Any
    ) -> ProjectState:
        """As Django's; narrowed."""
        return super().apply_migration(state, _narrow(migration), *args, **options)

    def unapply_migration(
        self, state: ProjectState, migration: Migration, *args: Any, **options: Any
    ) -> ProjectState:
        """As Django's; narrowed."""
        return super().unapply_migration(state, _narrow(migration), *args, **options)


class Unrendered(ProjectState):
    """Models of one moment, made to classes only when somebody looks at them.

    A state that was rendered once renders on with each change.
    """

    @property
    def apps(self) -> Any:
        """Their registry; made when it is used."""
        render = partial(StateApps, self.real_apps, self.models)  # type: ignore[arg-type]  # a set
        return SimpleLazyObject(render)

    @apps.deleter
    def apps(self) -> None:
        """Nothing is kept."""

    def clone(self) -> ProjectState:
        """Another one that changes by itself."""
        models = {key: model.clone() for key, model in self.models.items()}
        return Unrendered(models, self.real_apps)


def _narrow(migration: Migration) -> Migration:
    operations = [_narrowed(one) for one in migration.operations]
    migration.operations = operations  # type: ignore[misc]  # an instance has a list of its own
    return migration


def _narrowed(operation: Operation) -> Operation:
    """A copy of an operation that sees no more of the states than it needs."""
    found = copy(operation)

    def narrowed(act: Any, app_label: str, editor: Any, *states: ProjectState) -> None:
        act(app_label, editor, *(_seen_by(operation, app_label, one) for one in states))

    found.database_forwards = partial(narrowed, operation.database_forwards)  # type: ignore[method-assign]  # of this one operation
    found.database_backwards = partial(narrowed, operation.database_backwards)  # type: ignore[method-assign]  # of this one operation
    return found


def _seen_by(operation: Operation, app_label: str, state: ProjectState) -> ProjectState:
    """The model an operation changes and all that it points at; everything, if others change."""
    if isinstance(operation, CreateModel):
        key = (app_label, operation.name_lower)
    elif isinstance(operation, OF_ONE_MODEL):
        key = (app_label, operation.model_name.lower())  # type: ignore[union-attr]
    else:
        return state
    if isinstance(operation, AlterField):
        field = (operation.name, state.models[key].get_field(operation.name))
        if field_is_referenced(state, key, field):
            return state
    return ProjectState(dict(_with_targets(state, key)), state.real_apps)


def _with_targets(state: ProjectState, key: Key) -> Iterator[tuple[Key, ModelState]]:
    """The model of `key`, and whatever it and those behind it point at."""
    waiting, known = [key], {key}
    for one in waiting:
        if model := state.models.get(one):
            yield one, model
            new = {each for each in _targets(one, model) if each not in known}
            known |= new
            waiting += sorted(new)


def _targets(key: Key, model: ModelState) -> Iterator[Key]:
    """The models behind a model's bases and relations."""
    for base in model.bases:
        if isinstance(base, str):
            yield resolve_relation(base)
    for field in model.fields.values():
        if remote := field.remote_field:
            yield resolve_relation(remote.model, *key)
            if through := getattr(remote, "through", None):
                yield resolve_relation(through, *key)
