-- What an ended line promised for its term and will not bill; lines taken back before this column knew nothing else.

ALTER TABLE subscription_lines ADD COLUMN released_minor INTEGER;

UPDATE subscription_lines SET released_minor = coalesce(term_minor, amount_minor) WHERE ended_on <= start_on;
