"""Tables of the people on the console's side, their keys and their sessions."""

import sqlalchemy as sa

from casework.storage.schema import (
    CODE,
    HEX32,
    ID,
    INSTANT,
    KEY_PAIR,
    SITE,
    WORD,
    metadata,
    site_column,
)

account = sa.Table(
    "account",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("login", CODE, nullable=False),
    sa.Column("display_name", CODE, nullable=False),
    sa.Column("office", CODE, nullable=False),
    sa.Column("roles", sa.Text, nullable=False),  # JSON list
    sa.Column("state", WORD, nullable=False),
    sa.Column("salt", sa.LargeBinary, nullable=False),
    sa.Column("day_box", sa.LargeBinary, nullable=False),  # b"" until the first login
    sa.Column("deed_box", sa.LargeBinary, nullable=False),
    sa.Column("totp_box", sa.LargeBinary, nullable=False),
    sa.Column("day_key", KEY_PAIR, nullable=False),  # public
    sa.Column("deed_key", KEY_PAIR, nullable=False),  # public
    sa.Column("totp_last", sa.BigInteger, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", INSTANT),
    sa.Column("start_code_hash", sa.LargeBinary),
    sa.Column("start_code_expires_at", INSTANT),
    sa.UniqueConstraint("site", "login", name="account_login_key"),
    sa.CheckConstraint("state IN ('invited', 'active', 'left')", name="account_state_known"),
)
sa.Index("account_by_office", account.c.site, account.c.office, account.c.id)

# Who is away from when until when, and who covers.
cover = sa.Table(
    "cover",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("account", ID, primary_key=True),
    sa.Column("first", sa.Date, primary_key=True),
    sa.Column("last", sa.Date, nullable=False),
    sa.Column("office", CODE, nullable=False),  # of both
    sa.Column("deputy", ID, nullable=False),
    sa.Column("noted_by", ID, nullable=False),
    sa.Column("noted_on", sa.Date, nullable=False),
    sa.CheckConstraint("first <= last", name="cover_days_in_order"),
)
sa.Index("cover_of_office", cover.c.site, cover.c.office, cover.c.last)

session = sa.Table(
    "session",
    metadata,
    sa.Column("id", sa.LargeBinary(32), primary_key=True),
    site_column(),
    sa.Column("kind", WORD, nullable=False),  # console or mailbox
    sa.Column("box", sa.LargeBinary, nullable=False),
    sa.Column("sweep_after", INSTANT, nullable=False),
)
sa.Index("session_by_sweep", session.c.site, session.c.sweep_after)

key_set = sa.Table(
    "key_set",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("signatures", sa.Text, nullable=False),  # JSON: account to hexadecimal
)

certificate = sa.Table(
    "certificate",
    metadata,
    sa.Column("id", HEX32, primary_key=True),  # digest of the body
    site_column(),
    sa.Column("account", ID, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("signature", sa.LargeBinary, nullable=False),
)
sa.Index("certificate_by_account", certificate.c.site, certificate.c.account)

# An office's or a seat's secret, wrapped to one member (or to "recovery").
member_wrap = sa.Table(
    "member_wrap",
    metadata,
    sa.Column("site", SITE, primary_key=True),
    sa.Column("owner_kind", WORD, primary_key=True),  # office or seat
    sa.Column("owner", CODE, primary_key=True),  # code of the office, number of the seat
    sa.Column("key_id", HEX32, primary_key=True),
    sa.Column("account", ID, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
)
sa.Index("member_wrap_by_account", member_wrap.c.site, member_wrap.c.account)

# A key set that custodians have not yet signed for enough seats, or that is in force by now.
key_change = sa.Table(
    "key_change",
    metadata,
    sa.Column("id", ID, primary_key=True),
    site_column(),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("wraps", sa.Text, nullable=False),  # JSON: wraps to be stored with it
    sa.Column("signatures", sa.Text, nullable=False),  # JSON: account to hexadecimal
    sa.Column("state", WORD, nullable=False),
    sa.Column("proposer", ID, nullable=False),
    sa.Column("created_at", INSTANT, nullable=False),
    sa.Column("expires_at", INSTANT, nullable=False),
    sa.CheckConstraint(
        "state IN ('proposed', 'in_force', 'withdrawn')", name="key_change_state_known"
    ),
)
sa.Index("key_change_by_time", key_change.c.site, key_change.c.created_at, key_change.c.id)
