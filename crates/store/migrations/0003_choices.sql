-- Chosen periods, anonymised records, and which fields a disclosure released.

-- The period that a tenant chose for a retention rule, as JSON.
CREATE TABLE tenant_choice (
    tenant BLOB NOT NULL REFERENCES tenant (tenant),
    rule   TEXT NOT NULL,
    period TEXT NOT NULL,
    PRIMARY KEY (tenant, rule)
) STRICT, WITHOUT ROWID;

-- The period that the record itself chose, as JSON.
ALTER TABLE record ADD COLUMN choice TEXT;

-- Since when its values say nothing about anybody any more.
ALTER TABLE record ADD COLUMN anonymised INTEGER;

-- Only these fields of the classes; null: all.
ALTER TABLE disclosure ADD COLUMN fields TEXT;
