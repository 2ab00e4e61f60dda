"""The table by which k seats help a lost one to its boxes again."""

import sqlalchemy as sa

from casework.storage.schema import HEX32, ID, metadata, site_column

# Sealed to the lost seat's new key; gone when the seat was rebuilt or the item is erased.
seat_contribution = sa.Table(
    "seat_contribution",
    metadata,
    site_column(),
    sa.Column("report_id", ID, sa.ForeignKey("report.id"), primary_key=True),
    sa.Column("item", ID, primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seat", sa.SmallInteger, primary_key=True, autoincrement=False),  # the lost one
    sa.Column("giver", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("seat_key", HEX32, primary_key=True),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.CheckConstraint(
        "seat BETWEEN 1 AND 7 AND giver BETWEEN 1 AND 7 AND seat <> giver",
        name="seat_contribution_seats_range",
    ),
)
