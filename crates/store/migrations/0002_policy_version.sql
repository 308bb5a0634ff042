-- The archive of published versions of the policy. They belong to no tenant and hold no personal value.

-- `effective` is the instant from which the version applies: a material change applies when its announcement is over.
CREATE TABLE policy_version (
    hash       BLOB NOT NULL PRIMARY KEY,
    version    TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    published  INTEGER NOT NULL,
    effective  INTEGER NOT NULL,
    material   INTEGER NOT NULL CHECK (material IN (0, 1)),
    sources    TEXT NOT NULL
) STRICT;

-- The notice as it was shown, byte for byte, whatever a later program would make of the same policy.
CREATE TABLE policy_notice (
    hash     BLOB NOT NULL REFERENCES policy_version (hash),
    audience TEXT NOT NULL,
    lang     TEXT NOT NULL,
    html     TEXT NOT NULL,
    PRIMARY KEY (hash, audience, lang)
) STRICT;
