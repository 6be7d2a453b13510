-- A batch that is ready to leave. Moments are Unix seconds, UTC.
insert into batches (
    batch_no, batch, run, type, kind, repeats, rows, bytes, first_happened_at, last_happened_at,
    state, state_at
)
values (
    $batch_no, $batch, $run, $type, $kind, $repeats, $rows, $bytes, $first_happened_at,
    $last_happened_at, $state, $state_at
)
