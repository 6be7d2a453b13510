-- What version 2 of the program did to the tables of version 1, and a correction in them.
-- $numbered, $id: as in version_1.sql.

alter table uploadings add column idempotency_key varchar(255);
alter table uploadings add column static_calls bigint;
create unique index uploadings_by_key on uploadings (counter_id, idempotency_key);

create table corrections (
    id $numbered,
    counter_id $id not null references counters (id),
    idempotency_key varchar(255),
    row_no bigint not null,
    client_id text,
    user_id text,
    yclid text,
    purchase_id text,
    target text,
    happened_at bigint,
    retract boolean not null,
    price varchar(32),
    currency varchar(3),
    comment text not null,
    made_at bigint not null,
    made_by varchar(255) not null,
    newest_uploading bigint not null,
    found bigint not null
);
create index corrections_of_a_counter on corrections (counter_id, id);
create unique index corrections_by_key on corrections (counter_id, idempotency_key, row_no);

create table calls_tracking (
    counter_id $id not null primary key references counters (id),
    enabled_at bigint not null
);

update schema_version set version = 2;
insert into corrections values (
    1, 1, 'key', 1, '17', null, null, null, 'order_paid', 1773990000, true, null, null, 'returned',
    1773999500, 'admin', 1, 1
);
