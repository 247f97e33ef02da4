-- The day of what an entry states: where books were closed it was posted later.

ALTER TABLE journal_entries ADD COLUMN happened_on TEXT NOT NULL DEFAULT '';

UPDATE journal_entries SET happened_on = json_extract(body, '$.entry.on');
