-- The schema after all migrations; made by a test, compared by another. Do not edit.

CREATE TABLE audit (
    tenant     BLOB NOT NULL,
    seq        INTEGER NOT NULL,
    at         INTEGER NOT NULL,
    batch      BLOB NOT NULL,
    role       TEXT NOT NULL,
    credential BLOB,
    operation  TEXT NOT NULL,
    outcome    TEXT NOT NULL,
    subject    BLOB,
    purpose    TEXT,
    classes    TEXT NOT NULL,
    amount     INTEGER NOT NULL,
    policy     BLOB NOT NULL,
    detail     TEXT NOT NULL,
    PRIMARY KEY (tenant, seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX audit_by_batch ON audit (tenant, batch);

CREATE INDEX audit_by_subject ON audit (tenant, subject, seq);

CREATE TABLE consent (
    tenant    BLOB NOT NULL,
    subject   BLOB NOT NULL,
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    consent   TEXT NOT NULL,
    kind      TEXT NOT NULL,
    text_hash BLOB NOT NULL,
    notice    BLOB NOT NULL,
    form      TEXT NOT NULL,
    lang      TEXT NOT NULL,
    PRIMARY KEY (tenant, subject, seq),
    FOREIGN KEY (tenant, subject) REFERENCES subject (tenant, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE credential (
    tenant     BLOB NOT NULL,
    credential BLOB NOT NULL,
    hash       BLOB NOT NULL,
    kind       TEXT NOT NULL,
    role       TEXT NOT NULL,
    purposes   TEXT,
    created    INTEGER NOT NULL,
    last_used  INTEGER NOT NULL,
    expires    INTEGER,
    PRIMARY KEY (tenant, credential)
) STRICT, WITHOUT ROWID;

CREATE INDEX credential_by_hash ON credential (hash);

CREATE TABLE disclosure (
    tenant     BLOB NOT NULL,
    subject    BLOB NOT NULL,
    disclosure BLOB NOT NULL,
    classes    TEXT NOT NULL,
    ground     TEXT NOT NULL,
    at         INTEGER NOT NULL, fields TEXT,
    PRIMARY KEY (tenant, subject, disclosure),
    FOREIGN KEY (tenant, subject) REFERENCES subject (tenant, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE doomed_key (
    tenant BLOB NOT NULL,
    slot   INTEGER NOT NULL,
    PRIMARY KEY (tenant, slot)
) STRICT, WITHOUT ROWID;

CREATE INDEX doomed_key_by_slot ON doomed_key (slot);

CREATE TABLE due (
    tenant   BLOB NOT NULL,
    subject  BLOB NOT NULL,
    record   BLOB NOT NULL,
    rule     TEXT NOT NULL,
    fires_at INTEGER NOT NULL,
    PRIMARY KEY (tenant, subject, record),
    FOREIGN KEY (tenant, subject, record) REFERENCES record (tenant, subject, record)
) STRICT, WITHOUT ROWID;

CREATE INDEX due_by_instant ON due (fires_at);

CREATE TABLE hold (
    tenant  BLOB NOT NULL,
    subject BLOB NOT NULL,
    record  BLOB NOT NULL,
    hold    TEXT NOT NULL,
    until   INTEGER,
    PRIMARY KEY (tenant, subject, record, hold),
    FOREIGN KEY (tenant, subject, record) REFERENCES record (tenant, subject, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE identity (
    tenant  BLOB NOT NULL,
    field   TEXT NOT NULL,
    hash    BLOB NOT NULL,
    subject BLOB NOT NULL,
    PRIMARY KEY (tenant, field, hash),
    FOREIGN KEY (tenant, subject) REFERENCES subject (tenant, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX identity_by_subject ON identity (tenant, subject, field);

CREATE TABLE job_run (
    job   TEXT NOT NULL PRIMARY KEY,
    at    INTEGER NOT NULL,
    next  INTEGER NOT NULL,
    acted INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE message (
    tenant  BLOB NOT NULL,
    subject BLOB NOT NULL,
    message BLOB NOT NULL,
    channel TEXT NOT NULL,
    sender  TEXT NOT NULL,
    purpose TEXT NOT NULL,
    queued  INTEGER NOT NULL,
    PRIMARY KEY (tenant, subject, message),
    FOREIGN KEY (tenant, subject) REFERENCES subject (tenant, subject)
) STRICT, WITHOUT ROWID;

CREATE INDEX message_by_age ON message (tenant, queued, message);

CREATE TABLE occurrence (
    tenant  BLOB NOT NULL,
    subject BLOB NOT NULL,
    thing   BLOB NOT NULL,
    event   TEXT NOT NULL,
    at      INTEGER NOT NULL,
    record  BLOB CHECK (thing = coalesce(record, X'')),
    PRIMARY KEY (tenant, subject, thing, event, at),
    FOREIGN KEY (tenant, subject) REFERENCES subject (tenant, subject),
    FOREIGN KEY (tenant, subject, record) REFERENCES record (tenant, subject, record)
) STRICT, WITHOUT ROWID;

CREATE TABLE policy_notice (
    hash     BLOB NOT NULL REFERENCES policy_version (hash),
    audience TEXT NOT NULL,
    lang     TEXT NOT NULL,
    html     TEXT NOT NULL,
    PRIMARY KEY (hash, audience, lang)
) STRICT;

CREATE TABLE policy_version (
    hash       BLOB NOT NULL PRIMARY KEY,
    version    TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    published  INTEGER NOT NULL,
    effective  INTEGER NOT NULL,
    material   INTEGER NOT NULL CHECK (material IN (0, 1)),
    sources    TEXT NOT NULL
) STRICT;

CREATE TABLE receipt (
    tenant   BLOB NOT NULL,
    at       INTEGER NOT NULL,
    receipt  BLOB NOT NULL,
    cause    TEXT NOT NULL,
    rule     TEXT,
    action   TEXT NOT NULL,
    subject  BLOB NOT NULL,
    classes  TEXT NOT NULL,
    records  INTEGER NOT NULL,
    cascaded INTEGER NOT NULL,
    PRIMARY KEY (tenant, at, receipt)
) STRICT, WITHOUT ROWID;

CREATE INDEX receipt_by_instant ON receipt (at, rule);

CREATE TABLE record (
    tenant  BLOB NOT NULL,
    subject BLOB NOT NULL,
    record  BLOB NOT NULL,
    class   TEXT NOT NULL,
    version INTEGER NOT NULL,
    created INTEGER NOT NULL,
    notice  BLOB NOT NULL,
    origin  TEXT NOT NULL,
    facts   TEXT NOT NULL,
    fields  TEXT NOT NULL,
    sealed  BLOB NOT NULL, choice TEXT, anonymised INTEGER,
    PRIMARY KEY (tenant, subject, record),
    UNIQUE (tenant, record),
    FOREIGN KEY (tenant, subject) REFERENCES subject (tenant, subject)
) STRICT;

CREATE TABLE schema_migration (
    version  INTEGER NOT NULL PRIMARY KEY,
    name     TEXT NOT NULL,
    checksum TEXT NOT NULL
) STRICT;

CREATE TABLE subject (
    tenant     BLOB NOT NULL REFERENCES tenant (tenant),
    subject    BLOB NOT NULL,
    audience   TEXT NOT NULL,
    slot       INTEGER NOT NULL,
    restricted INTEGER NOT NULL CHECK (restricted IN (0, 1)),
    version    INTEGER NOT NULL,
    created    INTEGER NOT NULL,
    PRIMARY KEY (tenant, subject),
    -- Two people under one key could not be erased apart.
    UNIQUE (tenant, slot)
) STRICT, WITHOUT ROWID;

CREATE INDEX subject_by_audience ON subject (tenant, audience, subject);

CREATE TABLE tenant (
    tenant  BLOB NOT NULL PRIMARY KEY,
    name    TEXT NOT NULL,
    account BLOB NOT NULL,
    created INTEGER NOT NULL,
    ended   INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE tenant_choice (
    tenant BLOB NOT NULL REFERENCES tenant (tenant),
    rule   TEXT NOT NULL,
    period TEXT NOT NULL,
    PRIMARY KEY (tenant, rule)
) STRICT, WITHOUT ROWID;
