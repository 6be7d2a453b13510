-- What is in a journal?
-- $journal: its file. Before each batch of hits stands a line that is none.
-- The temporary table journal: the fields of contract.hits.Hit, as they were sent.
create temp table journal as
select *
from read_json(
    $journal,
    format = 'newline_delimited',
    columns = {
        counter_id: 'bigint',
        client_id: 'varchar',
        "type": 'varchar',
        happened_at: 'bigint',
        received_ms: 'bigint',
        hit_id: 'varchar',
        url: 'varchar',
        referrer: 'varchar',
        title: 'varchar',
        goal: 'varchar',
        value: 'varchar',
        currency: 'varchar',
        params: 'varchar',
        user_id: 'varchar',
        screen: 'varchar',
        "action": 'varchar',
        purchase_id: 'varchar',
        revenue: 'varchar',
        coupon: 'varchar',
        products: 'varchar',
        user_agent: 'varchar'
    }
)
where counter_id is not null
