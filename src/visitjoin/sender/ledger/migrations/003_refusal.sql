-- Why the server refused a batch, in its own words, so that it can be told later too.
alter table batches add column refusal varchar;
