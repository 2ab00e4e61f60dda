"""Accounts, sessions, key sets, certificates and wrapped office and seat keys.

Expand step only; no data is moved. Safe to run while the old code is live.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_staff"
down_revision = "0002_sealed"


def upgrade() -> None:
    create_account()
    create_session()
    create_key_set()
    create_certificate()
    create_member_wrap()


def create_account() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(26), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("login", sa.String(64), nullable=False),
        sa.Column("display_name", sa.String(64), nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("roles", sa.Text, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),
        sa.Column("day_box", sa.LargeBinary, nullable=False),
        sa.Column("deed_box", sa.LargeBinary, nullable=False),
        sa.Column("totp_box", sa.LargeBinary, nullable=False),
        sa.Column("day_key", sa.String(128), nullable=False),
        sa.Column("deed_key", sa.String(128), nullable=False),
        sa.Column("totp_last", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True)),
        sa.Column("start_code_hash", sa.LargeBinary),
        sa.Column("start_code_expires_at", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("id", name="account_pkey"),
        sa.CheckConstraint("state IN ('invited', 'active', 'left')", name="account_state_known"),
        sa.UniqueConstraint("site", "login", name="account_login_key"),
    )
    op.create_index("account_by_office", "account", ["site", "office", "id"])


def create_session() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.LargeBinary(32), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("box", sa.LargeBinary, nullable=False),
        sa.Column("sweep_after", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="session_pkey"),
    )
    op.create_index("session_by_sweep", "session", ["site", "sweep_after"])


def create_key_set() -> None:
    op.create_table(
        "key_set",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("number", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("signatures", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("site", "number", name="key_set_pkey"),
    )


def create_certificate() -> None:
    op.create_table(
        "certificate",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("account", sa.String(26), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="certificate_pkey"),
    )
    op.create_index("certificate_by_account", "certificate", ["site", "account"])


def create_member_wrap() -> None:
    op.create_table(
        "member_wrap",
        sa.Column("site", sa.String(32), nullable=False),
        sa.Column("owner_kind", sa.String(32), nullable=False),
        sa.Column("owner", sa.String(64), nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("account", sa.String(26), nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint(
            "site", "owner_kind", "owner", "key_id", "account", name="member_wrap_pkey"
        ),
    )
    op.create_index("member_wrap_by_account", "member_wrap", ["site", "account"])


def downgrade() -> None:
    op.drop_table("member_wrap")
    op.drop_table("certificate")
    op.drop_table("key_set")
    op.drop_table("session")
    op.drop_table("account")
