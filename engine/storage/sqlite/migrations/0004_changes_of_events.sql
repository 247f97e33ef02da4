-- Which save of which record an event tells of; empty for events about something that is not one record.

ALTER TABLE events ADD COLUMN record TEXT NOT NULL DEFAULT '';

ALTER TABLE events ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
