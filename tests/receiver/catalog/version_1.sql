-- A catalog as version 1 of the program made it, with an uploading in it.
-- $numbered: the type of a primary key that the database numbers by itself; $id: of a reference to it.
CREATE TABLE schema_version (
    version INTEGER NOT NULL,
    PRIMARY KEY (version)
);

CREATE TABLE counters (
    id $numbered,
    name VARCHAR(255) NOT NULL,
    site TEXT NOT NULL,
    time_zone_name VARCHAR(64) NOT NULL,
    created_at BIGINT NOT NULL,
    deleted_at BIGINT
);

CREATE TABLE tokens (
    name VARCHAR(255) NOT NULL,
    sha256 VARCHAR(64) NOT NULL,
    PRIMARY KEY (name)
);

CREATE TABLE goals (
    id $numbered,
    counter_id $id NOT NULL,
    name VARCHAR(255) NOT NULL,
    type VARCHAR(64) NOT NULL,
    conditions JSON NOT NULL,
    default_price FLOAT NOT NULL,
    is_favorite BOOLEAN NOT NULL,
    flag VARCHAR(64) NOT NULL,
    deleted_at BIGINT,
    FOREIGN KEY(counter_id) REFERENCES counters (id)
);

CREATE INDEX ix_goals_counter_id ON goals (counter_id);

CREATE TABLE tracking (
    counter_id $id NOT NULL,
    enabled_at BIGINT NOT NULL,
    PRIMARY KEY (counter_id),
    FOREIGN KEY(counter_id) REFERENCES counters (id)
);

CREATE TABLE uploadings (
    id $numbered,
    counter_id $id NOT NULL,
    status VARCHAR(32) NOT NULL,
    created_at BIGINT NOT NULL,
    source_quantity BIGINT NOT NULL,
    line_quantity BIGINT NOT NULL,
    comment TEXT NOT NULL,
    client_id_type VARCHAR(32),
    type VARCHAR(32) NOT NULL,
    folder TEXT NOT NULL,
    tracked_since BIGINT NOT NULL,
    processed_at BIGINT,
    counts JSON,
    FOREIGN KEY(counter_id) REFERENCES counters (id)
);

CREATE INDEX uploadings_by_status ON uploadings (status);

CREATE INDEX uploadings_of_a_counter ON uploadings (counter_id, id);

INSERT INTO schema_version VALUES (1);
INSERT INTO tokens VALUES (
    'admin', '0ff5ccb7efb9a1859a2dd7177984f06508d02aeabb9cd70ffd295133cdefe041'
);
INSERT INTO counters VALUES (1, 'Shop', '', 'Europe/Moscow', 1773000000, NULL);
INSERT INTO uploadings VALUES (
    1, 1, 'PROCESSED', 1773999000, 3, 2, 'batch 7', 'CLIENT_ID', 'BASIC', 'f00d', 1770000000,
    1773999001, '{"linked": 1, "visitor_not_found": 1, "rejected": 1}'
);
