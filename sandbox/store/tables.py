"""The tables, in words that every SQL database understands. A change of them is a new `VERSION`."""

from sqlalchemy import BigInteger, Boolean, Column, Float, Integer, LargeBinary, MetaData, String, Table, Text

VERSION = 1

metadata = MetaData()

about = Table(
    "about",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("value", Text, nullable=False),
)
"""Of the database itself: `schema` is the version of its tables."""

sessions = Table(
    "sessions",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("key", LargeBinary(32), nullable=False, unique=True),  # SHA-256 of the token, which is kept nowhere
    Column("epoch", Integer, nullable=False),  # rises whenever a server takes the session
    Column("created_at", Float(53), nullable=False),
    Column("active_at", Float(53), nullable=False, index=True),
    Column("whereabouts", Text, nullable=False),
)

journal = Table(
    "journal",
    metadata,
    Column("session", String(40), primary_key=True),
    Column("place", BigInteger, primary_key=True, autoincrement=False),
    Column("role", String(10), nullable=False),
    Column("seq", BigInteger, nullable=False),
    Column("at", Float(53), nullable=False),
    Column("mtime_ns", BigInteger, nullable=False),
    Column("id", String(200), nullable=False),  # the client's own, "" for none
    Column("body", Text, nullable=False),  # a message as JSON, "" for none
)

progress = Table(
    "progress",
    metadata,
    Column("session", String(40), primary_key=True),
    Column("lesson", String(200), primary_key=True),
    Column("step", String(200), primary_key=True),
    Column("passed", Boolean, nullable=False),
    Column("at", Float(53), nullable=False),
    Column("body", Text, nullable=False),
)

predictions = Table(
    "predictions",
    metadata,
    Column("session", String(40), primary_key=True),
    Column("lesson", String(200), primary_key=True),
    Column("step", String(200), primary_key=True),
    Column("choice", String(20), nullable=False),
    Column("at", Float(53), nullable=False),
)

OF_SESSIONS = (journal, progress, predictions)
"""What belongs to a session and goes with it; each has a column `session`."""
