-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create table user_totp (
  user_id uuid not null,
  data_key_id uuid not null,
  secret_ciphertext text not null,
  confirmed_at timestamptz,
  last_step bigint not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_totp_pkey primary key (user_id),
  constraint user_totp_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint user_totp_data_key_fkey foreign key (data_key_id, user_id)
    references encryption_keys (id, user_id) on delete restrict,
  constraint user_totp_ciphertext_key_check check (split_part(secret_ciphertext, '.', 2) = data_key_id::text),
  constraint user_totp_last_step_check check (last_step >= 0)
);

create index user_totp_data_key_idx on user_totp (data_key_id, user_id);

create table user_recovery_codes (
  user_id uuid not null,
  digest bytea not null,
  used_at timestamptz,
  created_at timestamptz not null default now(),
  constraint user_recovery_codes_pkey primary key (user_id, digest),
  constraint user_recovery_codes_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint user_recovery_codes_digest_check check (octet_length(digest) = 32)
);

create table user_passkeys (
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  credential_id text not null,
  public_key bytea not null,
  sign_count bigint not null,
  transports text[] not null,
  is_backed_up boolean not null,
  aaguid uuid not null,
  device text,
  last_used_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint user_passkeys_pkey primary key (id),
  constraint user_passkeys_credential_key unique (credential_id),
  constraint user_passkeys_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint user_passkeys_credential_check check (char_length(credential_id) between 1 and 1400),
  constraint user_passkeys_public_key_check check (octet_length(public_key) between 1 and 2000),
  constraint user_passkeys_transports_check check (cardinality(transports) <= 10),
  constraint user_passkeys_device_check check (char_length(device) between 1 and 200),
  constraint user_passkeys_sign_count_check check (sign_count >= 0)
);

create index user_passkeys_user_idx on user_passkeys (user_id, id);

create type auth_challenge_purpose as enum ('second_factor', 'passkey_registration');

create table auth_challenges (
  id uuid not null default uuid_v7(),
  purpose auth_challenge_purpose not null,
  user_id uuid not null,
  session_id uuid,
  workspace_id uuid,
  digest bytea not null,
  password_fingerprint text,
  attempts integer not null default 0,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint auth_challenges_pkey primary key (id),
  constraint auth_challenges_digest_key unique (digest),
  constraint auth_challenges_user_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint auth_challenges_session_fkey foreign key (session_id) references user_sessions (id) on delete cascade,
  constraint auth_challenges_digest_check check (octet_length(digest) = 32),
  constraint auth_challenges_attempts_check check (attempts between 0 and 100),
  constraint auth_challenges_session_check check ((purpose = 'passkey_registration') = (session_id is not null)),
  constraint auth_challenges_fingerprint_check check ((purpose = 'second_factor') = (password_fingerprint is not null))
);

create index auth_challenges_user_idx on auth_challenges (user_id, purpose);
create index auth_challenges_session_idx on auth_challenges (session_id) where session_id is not null;
create index auth_challenges_expiry_idx on auth_challenges (expires_at);

alter table user_sessions add column second_factor_at timestamptz;
alter table user_sessions add column proved_at timestamptz not null default now();
alter table workspaces add column requires_second_factor boolean not null default false;

create trigger touch_updated_at before update on user_totp
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on user_totp
  for each row execute function audit_row_change('key=user_id', 'mask=secret_ciphertext', 'ignore=last_step');
create trigger refuse before truncate on user_totp
  for each statement execute function refuse_statement();

create trigger audit after insert or update or delete on user_recovery_codes
  for each row execute function audit_row_change('key=user_id', 'mask=digest');
create trigger refuse before truncate on user_recovery_codes
  for each statement execute function refuse_statement();

create trigger touch_updated_at before update on user_passkeys
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on user_passkeys
  for each row execute function audit_row_change(
    'mask=credential_id,public_key,device', 'ignore=sign_count,last_used_at,is_backed_up');
create trigger refuse before truncate on user_passkeys
  for each statement execute function refuse_statement();

comment on table user_totp is 'Authenticator apps as second factor (RFC 6238); one per user.';
comment on column user_totp.user_id is 'Whose factor it is.';
comment on column user_totp.data_key_id is 'The user''s key that encrypts the secret.';
comment on column user_totp.secret_ciphertext is 'Secret: shared with the app, encrypted.';
comment on column user_totp.confirmed_at is 'When a first code proved the app. NULL: it does not count yet.';
comment on column user_totp.last_step is 'Latest time step used, so that no code is taken twice.';
comment on column user_totp.created_at is 'When it was set up.';
comment on column user_totp.updated_at is 'Last real change.';

comment on table user_recovery_codes is 'Codes that stand in for a lost second factor, each good once.';
comment on column user_recovery_codes.user_id is 'Whose code it is.';
comment on column user_recovery_codes.digest is 'Secret: SHA-256 of the code, which has 80 random bits.';
comment on column user_recovery_codes.used_at is 'When it was used.';
comment on column user_recovery_codes.created_at is 'When the set was made.';

comment on table user_passkeys is 'WebAuthn credentials as second factor.';
comment on column user_passkeys.id is 'Made by the application.';
comment on column user_passkeys.user_id is 'Whose factor it is.';
comment on column user_passkeys.credential_id is 'Secret: the authenticator''s name of the credential, base64url.';
comment on column user_passkeys.public_key is 'Secret: COSE public key of the credential.';
comment on column user_passkeys.sign_count is 'The authenticator''s counter; one that does not rise is a copy.';
comment on column user_passkeys.transports is 'How the authenticator can be reached.';
comment on column user_passkeys.is_backed_up is 'Whether it is synchronised between devices.';
comment on column user_passkeys.aaguid is 'Model of the authenticator.';
comment on column user_passkeys.device is 'pii: Device and browser that registered it, from the user agent.';
comment on column user_passkeys.last_used_at is 'When it last signed in.';
comment on column user_passkeys.created_at is 'When it was registered.';
comment on column user_passkeys.updated_at is 'Last real change.';

comment on table auth_challenges is
  'Questions that wait for an answer: the second step of a login, the registration of a passkey. Minutes old at most.';
comment on column auth_challenges.id is 'Made by the application.';
comment on column auth_challenges.purpose is 'What the answer will do.';
comment on column auth_challenges.user_id is 'Who is to answer.';
comment on column auth_challenges.session_id is 'The session that registers a passkey.';
comment on column auth_challenges.workspace_id is 'The workspace that the login asked for; not checked yet.';
comment on column auth_challenges.digest is 'Secret: SHA-256 of what the caller holds.';
comment on column auth_challenges.password_fingerprint is
  'Secret: of the password''s hash when it was asked; after a change of password the answer comes too late.';
comment on column auth_challenges.attempts is 'Wrong answers so far.';
comment on column auth_challenges.expires_at is 'No longer good after this.';
comment on column auth_challenges.created_at is 'When it was asked.';

comment on column user_sessions.second_factor_at is 'When a second factor was last proved in it. NULL: never.';
comment on column user_sessions.proved_at is
  'When its user last proved who they are in it: by signing in, or by a second factor. Factors change only soon after.';
comment on column workspaces.requires_second_factor is
  'Members reach it only in sessions that have proved a second factor.';

grant select, delete, insert (user_id, data_key_id, secret_ciphertext),
  update (data_key_id, secret_ciphertext, confirmed_at, last_step) on user_totp to defeah_api;
grant select (user_id, data_key_id, secret_ciphertext, confirmed_at),
  update (data_key_id, secret_ciphertext), delete on user_totp to defeah_jobs;
grant select, delete, insert (user_id, digest), update (used_at) on user_recovery_codes to defeah_api;
grant select (user_id, used_at, created_at), delete on user_recovery_codes to defeah_jobs;
grant select, delete, insert (
  id, user_id, credential_id, public_key, sign_count, transports, is_backed_up, aaguid, device
), update (sign_count, is_backed_up, last_used_at) on user_passkeys to defeah_api;
grant select (id, user_id, transports, is_backed_up, aaguid, device, last_used_at, created_at), delete
  on user_passkeys to defeah_jobs;
grant select, delete, insert (
  id, purpose, user_id, session_id, workspace_id, digest, password_fingerprint, expires_at
), update (attempts) on auth_challenges to defeah_api;
grant select (id, user_id, expires_at), delete on auth_challenges to defeah_jobs;
grant insert (second_factor_at, proved_at), update (second_factor_at, proved_at) on user_sessions to defeah_api;
grant update (requires_second_factor) on workspaces to defeah_api;
grant select (second_factor_at) on user_sessions to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
alter table workspaces drop column requires_second_factor;
alter table user_sessions drop column proved_at;
alter table user_sessions drop column second_factor_at;
drop table auth_challenges;
drop type auth_challenge_purpose;
drop table user_passkeys;
drop table user_recovery_codes;
drop table user_totp;
reset role;
