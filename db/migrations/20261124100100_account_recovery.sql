-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type account_token_purpose as enum ('email_verification', 'email_change', 'password_reset');

create table account_tokens (
  user_id uuid not null,
  purpose account_token_purpose not null,
  digest bytea not null,
  outbox_id uuid not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint account_tokens_pkey primary key (user_id, purpose),
  constraint account_tokens_digest_key unique (digest),
  constraint account_tokens_user_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint account_tokens_digest_check check (octet_length(digest) = 32)
);

create index account_tokens_expiry_idx on account_tokens (expires_at);

comment on table account_tokens is
  'Single-use tokens sent by mail. One per user and purpose: a newer one ends the older; using it deletes it.';
comment on column account_tokens.user_id is 'Whose account it opens.';
comment on column account_tokens.purpose is 'What it is good for.';
comment on column account_tokens.digest is 'Secret: SHA-256 of the token, which only the mail holds.';
comment on column account_tokens.outbox_id is 'The mail that it was made for.';
comment on column account_tokens.expires_at is 'No longer good after this.';
comment on column account_tokens.created_at is 'When the first token of this purpose was made.';

-- A new address waits here until its mailbox has proved itself.
alter table users add column pending_email_ciphertext text;
comment on column users.pending_email_ciphertext is
  'pii: The address that a change of address asks for, encrypted; until it is proved. NULL: none.';

-- The key named in each ciphertext is the row's own, so that a change made under a key that has just been rotated is
-- refused instead of being unreadable.
alter table users add constraint users_ciphertext_keys_check check (
  split_part(email_ciphertext, '.', 2) = data_key_id::text
  and split_part(name_ciphertext, '.', 2) = data_key_id::text
  and split_part(pending_email_ciphertext, '.', 2) = data_key_id::text
) not valid;
alter table users add constraint users_pending_email_check check (
  status <> 'erased' or pending_email_ciphertext is null
) not valid;

create or replace trigger audit after insert or update or delete on users
  for each row execute function audit_row_change(
    'mask=email_ciphertext,name_ciphertext,password_hash,locale,time_zone,pending_email_ciphertext');

create table common_passwords (
  digest bytea not null,
  constraint common_passwords_pkey primary key (digest),
  constraint common_passwords_digest_check check (octet_length(digest) = 16)
);

comment on table common_passwords is 'Passwords that everybody tries first; loaded by script, refused for accounts.';
comment on column common_passwords.digest is
  'First 16 bytes of SHA-256 of the password in NFKC and lower case.';

create table auth_throttles (
  subject bytea not null,
  attempts integer not null,
  blocked_until timestamptz not null,
  expires_at timestamptz not null,
  constraint auth_throttles_pkey primary key (subject),
  constraint auth_throttles_subject_check check (octet_length(subject) = 32),
  constraint auth_throttles_attempts_check check (attempts > 0)
) with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02);

create index auth_throttles_expiry_idx on auth_throttles (expires_at);

comment on table auth_throttles is
  'Attempts to sign in per account and address, for the time when Redis, which usually counts them, does not answer.';
comment on column auth_throttles.subject is 'Keyed hash of what is counted: an account or an address, and the act.';
comment on column auth_throttles.attempts is 'Attempts since the last success or the last quiet hour.';
comment on column auth_throttles.blocked_until is 'The next attempt is refused before this.';
comment on column auth_throttles.expires_at is 'Forgotten after this.';

grant select, delete, insert (user_id, purpose, digest, outbox_id, expires_at) on account_tokens to defeah_api;
grant select (user_id, purpose, outbox_id, expires_at, created_at), delete,
  insert (user_id, purpose, digest, outbox_id, expires_at),
  update (digest, outbox_id, expires_at) on account_tokens to defeah_jobs;
grant update (pending_email_ciphertext) on users to defeah_api, defeah_jobs;
grant update (version) on users to defeah_api;
grant select on common_passwords to defeah_api;
grant select, delete, insert (subject, attempts, blocked_until, expires_at),
  update (attempts, blocked_until, expires_at) on auth_throttles to defeah_api;
grant select (subject, expires_at), delete on auth_throttles to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
revoke update (version) on users from defeah_api;
drop table auth_throttles;
drop table common_passwords;
create or replace trigger audit after insert or update or delete on users
  for each row execute function audit_row_change(
    'mask=email_ciphertext,name_ciphertext,password_hash,locale,time_zone');
alter table users drop constraint users_pending_email_check;
alter table users drop constraint users_ciphertext_keys_check;
alter table users drop column pending_email_ciphertext;
drop table account_tokens;
drop type account_token_purpose;
reset role;
