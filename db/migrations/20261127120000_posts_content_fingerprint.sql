-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- Posts of before stay without one: they are not told as duplicates until their content changes.
alter table posts
  add column content_fingerprint bytea,
  add constraint posts_content_fingerprint_check check (octet_length(content_fingerprint) = 32) not valid;

-- It follows from what the trail holds.
create or replace trigger audit after insert or update or delete on posts
  for each row execute function audit_row_change('mask=options', 'ignore=content_revision', 'omit=content_fingerprint');

-- Case and white space make no other words. Not strict, so that it becomes a part of the statement that calls it.
create function content_fingerprint(caption text, media bytea) returns bytea
  language sql stable parallel safe
  return sha256(
    convert_to(lower(regexp_replace(normalize(coalesce(caption, ''), nfkc), '\s+', ' ', 'g')), 'UTF8')
    || '\x00'::bytea || media
  );
comment on function content_fingerprint(text, bytea) is
  'SHA-256 of the words of a post and the hashes of its media, one behind the other; NULL without media.';
revoke all on function content_fingerprint(text, bytea) from public;
grant execute on function content_fingerprint(text, bytea) to defeah_api;

comment on column posts.content_fingerprint is
  'Equal in posts that say and show the same. NULL: it shows nothing yet.';

grant insert (content_fingerprint), update (content_fingerprint) on posts to defeah_api;
grant insert (content_fingerprint) on posts to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
create or replace trigger audit after insert or update or delete on posts
  for each row execute function audit_row_change('mask=options', 'ignore=content_revision');
drop function content_fingerprint(text, bytea);
alter table posts
  drop constraint posts_content_fingerprint_check,
  drop column content_fingerprint;
reset role;
