"""Bringing the rights in PostgreSQL to what grants.GRANTS says, and telling where they differ."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa

from casework.domain.errors import StorageUnavailableError
from casework.storage import engine as engines
from casework.storage.grants import (
    GRANTS,
    PROCESSES,
    Held,
    Policy,
    has_room,
    limited_by_row,
    role_name,
    wanted_policies,
    wanted_rights,
)

_DATABASE = sa.text("SELECT current_database()")
_VERSION = sa.text("SELECT current_setting('server_version_num')::int")
MAINTAIN_SINCE: Final = 170000
_TABLES = sa.text(
    "SELECT relname, relrowsecurity FROM pg_class"
    " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
)
_ROLES = sa.text(
    "SELECT r.rolname, r.oid, r.rolcanlogin,"
    " r.rolsuper OR r.rolcreaterole OR r.rolcreatedb OR r.rolbypassrls OR r.rolreplication"
    " AS mighty,"
    " EXISTS (SELECT FROM pg_auth_members m WHERE m.member = r.oid) AS joined,"
    " EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid"
    "   AND c.relnamespace = 'public'::regnamespace) AS owns,"
    " has_schema_privilege(r.oid, 'public', 'CREATE') AS creates"
    " FROM pg_roles r WHERE r.rolname = ANY(:names)"
)
# Rights of the whole table, then those of single columns; grantee 0 is PUBLIC.
_HELD = sa.text(
    "SELECT c.relname, a.grantee, a.privilege_type, ''"
    " FROM pg_class c, aclexplode(c.relacl) a"
    " WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')"
    " AND (a.grantee = 0 OR a.grantee = ANY(:oids))"
    " UNION ALL"
    " SELECT c.relname, a.grantee, a.privilege_type, t.attname"
    " FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid, aclexplode(t.attacl) a"
    " WHERE c.relnamespace = 'public'::regnamespace AND t.attnum > 0 AND NOT t.attisdropped"
    " AND (a.grantee = 0 OR a.grantee = ANY(:oids))"
)
_POLICIES = sa.text(
    "SELECT c.relname, p.polname FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid"
    " WHERE c.relnamespace = 'public'::regnamespace"
)
_MAY_CREATE_ROLES = sa.text(
    "SELECT rolsuper OR rolcreaterole FROM pg_roles WHERE rolname = current_user"
)
# What a role of a process must not be, by the column of _ROLES.
_FAULTS: Final = {
    "mighty": "is a superuser, or may make roles or databases",
    "joined": "is a member of another role",
    "owns": "owns tables",
    "creates": "may create tables",
}
_ONE_AT_A_TIME: Final = 7_382_915_604_410_330  # any number, the same in every version
TOO_LONG: Final = (
    "数据库名太长，放不下角色名，各进程没有分开 / the database's name leaves no room for the names"
    " of roles; a shorter one is needed"
)
EVERYBODY: Final = "everybody"  # PUBLIC, in a difference


@dataclass(frozen=True, slots=True)
class _Found:
    """The catalogue, as far as rights go."""

    database: str
    maintain: bool  # the server can grant VACUUM
    tables: dict[str, bool]  # name to whether rows are ruled
    roles: dict[str, sa.Row[tuple[object, ...]]]  # by process
    held: frozenset[Held]
    policies: frozenset[tuple[str, str]]  # table, name


def separate(connection: sa.Connection) -> str:
    """Make the roles, and give them exactly the rights of GRANTS; the caller commits.

    Does nothing where nothing differs, so that a running instance keeps its locks.

    Returns:
        "" when all is as it should be, else a sentence for the administrator: the roles
        are not there and this user may not make them. The tables can be used by their
        owner all the same.
    """
    connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})"))
    database = connection.execute(_DATABASE).scalar_one()
    if not has_room(database):
        return TOO_LONG
    missing = [p for p in PROCESSES if p not in _roles(connection, database)]
    if missing and not connection.execute(_MAY_CREATE_ROLES).scalar_one():
        return _ask_for_roles(database, missing)
    for process in missing:
        connection.exec_driver_sql(f"CREATE ROLE {_quoted(role_name(database, process))} LOGIN")
    for statement in _statements(_look(connection)):
        connection.exec_driver_sql(statement)
    return ""


def differences(database_url: str) -> tuple[str, ...]:
    """Return where roles and rights in the database differ from GRANTS, one line each.

    Raises:
        StorageUnavailableError: the database is away.
    """
    url = engines.database_url(database_url)
    engine = engines.postgresql_engine(url)
    try:
        with engine.connect() as connection:
            return tuple(_differences(_look(connection)))
    except sa.exc.DBAPIError as error:
        raise StorageUnavailableError(reason=engines.reason(error)) from error
    finally:
        engine.dispose()


def _differences(found: _Found) -> Iterator[str]:
    if not has_room(found.database):
        yield TOO_LONG
        return
    for process in PROCESSES:
        role = found.roles.get(process)
        if role is None:
            yield f"role {role_name(found.database, process)} is missing"
            continue
        for name, words in _FAULTS.items():
            if getattr(role, name):
                yield f"role {role.rolname} {words}"
    wanted = {
        one
        for one in wanted_rights(found.tables, maintain=found.maintain)
        if one.process in found.roles
    }
    yield from (f"{one} is missing" for one in sorted(wanted - found.held))
    yield from (f"{one} is too much" for one in sorted(found.held - wanted))
    yield from (
        f"table {one} has no rights declared" for one in sorted(set(found.tables) - set(GRANTS))
    )
    if len(found.roles) == len(PROCESSES):
        standing = {(one.table, one.name) for one in wanted_policies(found.tables)}
        yield from (
            f"rule {name} on {table} is missing"
            for table, name in sorted(standing - found.policies)
        )
        yield from (
            f"rule {name} on {table} is too much"
            for table, name in sorted(found.policies - standing)
        )
        yield from (f"rows of {one} are not ruled" for one in _unruled(found))


def _statements(found: _Found) -> Iterator[str]:
    """Yield what must be run, and nothing for what is right already."""
    names = {process: _quoted(role_name(found.database, process)) for process in PROCESSES}
    if any(getattr(role, "creates", False) for role in found.roles.values()):
        yield "REVOKE CREATE ON SCHEMA public FROM PUBLIC"
    wanted = wanted_rights(found.tables, maintain=found.maintain)
    changed = {one.table for one in wanted ^ found.held}
    for table in sorted(changed):
        everybody = ", ".join(("PUBLIC", *names.values()))
        yield f"REVOKE ALL ON {_quoted(table)} FROM {everybody}"
        for one in sorted(wanted):
            if one.table == table:
                column = f" ({_quoted(one.column)})" if one.column else ""
                yield f"GRANT {one.verb}{column} ON {_quoted(table)} TO {names[one.process]}"
    policies = wanted_policies(found.tables)
    standing = {(one.table, one.name) for one in policies}
    for table, name in sorted(found.policies - standing):
        yield f"DROP POLICY {_quoted(name)} ON {_quoted(table)}"
    for policy in sorted(policies):
        if (policy.table, policy.name) not in found.policies:
            yield _create(policy, names[policy.process])
    for table in _unruled(found):
        yield f"ALTER TABLE {_quoted(table)} ENABLE ROW LEVEL SECURITY"


def _create(one: Policy, role: str) -> str:
    return (
        f"CREATE POLICY {_quoted(one.name)} ON {_quoted(one.table)}"
        f" FOR {one.verb} TO {role} {one.clause}"
    )


def _unruled(found: _Found) -> list[str]:
    return sorted(
        table
        for table, ruled in found.tables.items()
        if not ruled and table in GRANTS and limited_by_row(table)
    )


def _look(connection: sa.Connection) -> _Found:
    database = connection.execute(_DATABASE).scalar_one()
    roles = _roles(connection, database)
    by_oid = {role.oid: process for process, role in roles.items()} | {0: EVERYBODY}
    held = connection.execute(_HELD, {"oids": list(by_oid)})
    return _Found(
        database=database,
        maintain=connection.execute(_VERSION).scalar_one() >= MAINTAIN_SINCE,
        tables={row.relname: row.relrowsecurity for row in connection.execute(_TABLES)},
        roles=roles,
        held=frozenset(Held(t, by_oid[oid], verb, column) for t, oid, verb, column in held),
        policies=frozenset((row[0], row[1]) for row in connection.execute(_POLICIES)),
    )


def _roles(connection: sa.Connection, database: str) -> dict[str, sa.Row[tuple[object, ...]]]:
    names = {role_name(database, process): process for process in PROCESSES}
    if not has_room(database):
        return {}
    found = connection.execute(_ROLES, {"names": list(names)})
    return {names[row.rolname]: row for row in found}


def _ask_for_roles(database: str, missing: list[str]) -> str:
    made = "; ".join(f'CREATE ROLE "{role_name(database, one)}" LOGIN' for one in missing)
    return (
        "数据库用户无权建角色，各进程还没有分开。请数据库管理员执行 / this database user may not"
        f" make roles; have its administrator run: {made}; 然后 / then: tonggui migrate"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
