-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type user_status as enum ('active', 'suspended', 'erased');

create table users (
  id uuid not null default uuid_v7(),
  email_ciphertext text,
  name_ciphertext text,
  password_hash text,
  status user_status not null default 'active',
  email_verified_at timestamptz,
  locale text not null default 'en',
  time_zone text not null default 'UTC',
  data_key_id uuid not null,
  erased_at timestamptz,
  version integer not null default 1,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint users_pkey primary key (id),
  constraint users_erased_check check (
    case when status = 'erased'
      then num_nonnulls(email_ciphertext, name_ciphertext, password_hash, email_verified_at) = 0
      else num_nulls(email_ciphertext, name_ciphertext, password_hash) = 0
    end
  ),
  constraint users_erased_at_check check ((status = 'erased') = (erased_at is not null)),
  constraint users_locale_check check (char_length(locale) between 2 and 35),
  constraint users_time_zone_check check (char_length(time_zone) between 1 and 64),
  constraint users_version_check check (version > 0)
);

create index users_data_key_idx on users (data_key_id, id);

create table user_email_index (
  key_version integer not null,
  digest bytea not null,
  user_id uuid not null,
  created_at timestamptz not null default now(),
  constraint user_email_index_pkey primary key (key_version, digest),
  constraint user_email_index_user_key unique (user_id, key_version),
  constraint user_email_index_user_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint user_email_index_digest_check check (octet_length(digest) = 32)
);

create trigger touch_version before update on users
  for each row execute function touch_version();
create trigger audit after insert or update or delete on users
  for each row execute function audit_row_change(
    'mask=email_ciphertext,name_ciphertext,password_hash,locale,time_zone');
create trigger refuse before truncate on users
  for each statement execute function refuse_statement();

-- Whoever can repoint an address can sign in as its owner.
create trigger audit after insert or update or delete on user_email_index
  for each row execute function audit_row_change('key=user_id,key_version', 'mask=digest');
create trigger refuse before truncate on user_email_index
  for each statement execute function refuse_statement();

comment on table users is
  'People who can log in. Never deleted: an erased one keeps its id, so that what it made stays whole.';
comment on column users.id is 'Version 7, made by the application: ciphertexts are bound to it.';
comment on column users.email_ciphertext is
  'pii: E-mail address, encrypted with the user''s data key. NULL once erased.';
comment on column users.name_ciphertext is
  'pii: Name as the user wrote it, encrypted with the user''s data key. NULL once erased.';
comment on column users.password_hash is
  'pii: scrypt hash in PHC form, with the version of its pepper. NULL once erased.';
comment on column users.status is 'A suspended user cannot log in. An erased one is nobody.';
comment on column users.email_verified_at is 'When the current address was proved. NULL: not yet.';
comment on column users.locale is 'pii: BCP 47 tag for messages.';
comment on column users.time_zone is 'pii: IANA zone in which the user plans.';
comment on column users.data_key_id is 'Key of this user''s ciphertexts. Destroying it makes them unreadable.';
comment on column users.erased_at is 'When the person was erased.';
comment on column users.version is 'For ETags. Raised by trigger with each real change.';
comment on column users.created_at is 'When the user registered.';
comment on column users.updated_at is 'Last real change.';

comment on table user_email_index is
  'Finds a user by e-mail address, and makes the address unique, without storing it.';
comment on column user_email_index.key_version is
  'Version of the blind index key. While keys rotate a user has a row for each.';
comment on column user_email_index.digest is 'pii: HMAC-SHA-256 of the normalised address.';
comment on column user_email_index.user_id is 'Whose address it is.';
comment on column user_email_index.created_at is 'When the row was made.';

reset role;

-- migrate:down
drop table user_email_index;
drop table users;
drop type user_status;
