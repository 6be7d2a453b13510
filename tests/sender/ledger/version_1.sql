-- The tables as migration 001 made them; frozen, as ledgers of that version lie about.
-- The ledger as it first was. Moments are Unix seconds, UTC.

-- Whose ledger this is: `counter` and `server`.
create table about (name varchar primary key, value varchar not null);

create table runs (
    run integer primary key,
    started_at bigint not null,
    source varchar not null
);

-- What was or will be sent in one request.
create table batches (
    batch_no integer primary key,
    batch varchar not null unique, -- the id in the comment of its uploading
    run integer not null,
    type varchar not null, -- contract.uploads.UploadType
    kind varchar, -- client_id_type, for the older generation of the API
    repeats integer, -- the batch whose rows that were not linked it sends again
    rows bigint not null,
    bytes bigint not null,
    first_happened_at bigint not null,
    last_happened_at bigint not null,
    state varchar not null, -- ledger.batches.State
    state_at bigint not null,
    uploading bigint, -- what follows is the server's answer
    status varchar,
    source_quantity bigint,
    line_quantity bigint,
    linked_quantity bigint,
    user_not_found_quantity bigint,
    goal_not_found_quantity bigint,
    asked_at bigint
);

-- A conversion that left, or is about to leave, with its batch. The newest batch says its price.
-- There is no index: the duplicate check reads a column once, and an index of a hundred million
-- fingerprints would cost more memory than it saves time.
create table sent (
    identity uhugeint not null, -- fingerprint of identifiers, target and moment: the server's key
    key uhugeint, -- fingerprint of the mapped key and the target, where the mapping names a key
    batch_no integer not null,
    happened_at bigint not null,
    price decimal(18, 6),
    currency varchar,
    retracted boolean not null
);

-- Rows of the batches by day of the conversion, target, kind of identifier and fate, for
-- `visitjoin health`. Where a server says nothing by row, the fate stays `uploaded`.
create table daily (
    batch_no integer not null,
    day date not null, -- of the conversion, UTC
    target varchar not null,
    kind varchar not null, -- the row's most specific identifier
    fate varchar not null, -- sender.report.report.Fate
    rows bigint not null
);

-- How many requests were made, by day (UTC): the API allows 5,000.
create table requests (day date primary key, requests bigint not null);

-- A ledger as the program of version 1 left it: one run, one batch that is done, two rows.
create table migrations (version integer primary key);
insert into migrations values (1);
insert into about values ('server', '127.0.0.1:8080'), ('counter', '1');
insert into runs values (1, 1793000000, 'deals.csv');
insert into batches values (
    1, 'b1', 1, 'BASIC', null, null, 2, 120, 1792990000, 1792990001, 'done', 1793000009,
    77, 'PROCESSED', 2, 2, 1, 1, 0, 1793000009
);
insert into sent values
(340282366920938463463374607431768211455, 18446744073709551616, 1, 1792990000, 100.5, 'RUB', false),
(1, null, 1, 1792990001, null, null, false);
insert into daily values
(1, '2026-10-26', 'order_paid', 'CLIENT_ID', 'linked', 1),
(1, '2026-10-26', 'order_paid', 'CLIENT_ID', 'visitor_not_found', 1);
