-- May one more request be made today, by one token or of one counter?
--
-- Reads and writes requests. :asked: by or of what, and in which group; :day: of Greenwich, counted
-- from 1970; :most: how many a day may have. Returns the number made, with this one; no row where
-- all are made. One statement, so that requests that come together are all counted.
insert into requests (asked, day, made)
values (:asked, :day, 1)
on conflict (asked, day) do update set made = requests.made + 1 where requests.made < :most
returning made
