-- What the server says of the uploading of a batch. Quantities are rows; null where not said.
update batches
set
    uploading = $uploading,
    status = $status,
    source_quantity = $source_quantity,
    line_quantity = $line_quantity,
    linked_quantity = $linked_quantity,
    user_not_found_quantity = $user_not_found_quantity,
    goal_not_found_quantity = $goal_not_found_quantity,
    asked_at = $asked_at
where batch_no = $batch_no
