-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- What is encrypted in a workspace names its key, and that key must be the workspace's own.
create table workspace_invitations (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  role workspace_role not null,
  data_key_id uuid,
  email_ciphertext text,
  index_key_version integer,
  email_digest bytea,
  token_digest bytea,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by uuid,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint workspace_invitations_pkey primary key (workspace_id, id),
  constraint workspace_invitations_workspace_fkey foreign key (workspace_id)
    references workspaces (id) on delete restrict,
  constraint workspace_invitations_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint workspace_invitations_accepted_by_fkey foreign key (accepted_by) references users (id) on delete restrict,
  constraint workspace_invitations_data_key_fkey foreign key (data_key_id, workspace_id)
    references encryption_keys (id, workspace_id) on delete restrict,
  constraint workspace_invitations_ciphertext_key_check check (
    split_part(email_ciphertext, '.', 2) = data_key_id::text
  ),
  constraint workspace_invitations_email_digest_check check (octet_length(email_digest) = 32),
  constraint workspace_invitations_token_digest_check check (octet_length(token_digest) = 32),
  constraint workspace_invitations_accepted_check check ((accepted_at is null) = (accepted_by is null)),
  constraint workspace_invitations_outcome_check check (num_nonnulls(accepted_at, revoked_at) <= 1),
  -- Once it is answered nobody needs the stranger's address any more.
  constraint workspace_invitations_open_check check (
    case when num_nonnulls(accepted_at, revoked_at) = 0
      then num_nulls(data_key_id, email_ciphertext, index_key_version, email_digest) = 0
      else num_nonnulls(data_key_id, email_ciphertext, index_key_version, email_digest, token_digest) = 0
    end
  )
);

create unique index workspace_invitations_open_key
  on workspace_invitations (workspace_id, index_key_version, email_digest)
  where accepted_at is null and revoked_at is null;
create unique index workspace_invitations_token_key on workspace_invitations (token_digest)
  where token_digest is not null;
create index workspace_invitations_user_idx on workspace_invitations (user_id);
create index workspace_invitations_accepted_by_idx on workspace_invitations (accepted_by)
  where accepted_by is not null;
create index workspace_invitations_data_key_idx on workspace_invitations (data_key_id, workspace_id);
create index workspace_invitations_expiry_idx on workspace_invitations (expires_at)
  where accepted_at is null and revoked_at is null;

create trigger touch_updated_at before update on workspace_invitations
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on workspace_invitations
  for each row execute function audit_row_change(
    'mask=email_ciphertext,email_digest', 'omit=token_digest');
create trigger refuse before truncate on workspace_invitations
  for each statement execute function refuse_statement();

comment on table workspace_invitations is 'Addresses that were asked to join a workspace.';
comment on column workspace_invitations.workspace_id is 'The workspace.';
comment on column workspace_invitations.id is 'Made by the application: the ciphertext is bound to it.';
comment on column workspace_invitations.user_id is 'Who invites.';
comment on column workspace_invitations.role is 'What the invited person will be.';
comment on column workspace_invitations.data_key_id is 'The workspace''s key that encrypts the address.';
comment on column workspace_invitations.email_ciphertext is
  'pii: The invited address, encrypted. NULL once it is accepted or withdrawn.';
comment on column workspace_invitations.index_key_version is 'Version of the blind index key of email_digest.';
comment on column workspace_invitations.email_digest is 'pii: HMAC-SHA-256 of the normalised address.';
comment on column workspace_invitations.token_digest is
  'Secret: SHA-256 of the token in the latest mail. NULL until that is sent.';
comment on column workspace_invitations.expires_at is 'No longer good after this.';
comment on column workspace_invitations.accepted_at is 'When it was accepted.';
comment on column workspace_invitations.accepted_by is 'Who accepted it.';
comment on column workspace_invitations.revoked_at is 'When it was withdrawn, or ran out.';
comment on column workspace_invitations.created_at is 'When it was made.';
comment on column workspace_invitations.updated_at is 'Last real change.';

grant select, insert (
  workspace_id, id, user_id, role, data_key_id, email_ciphertext, index_key_version, email_digest, expires_at
), update (
  data_key_id, email_ciphertext, index_key_version, email_digest, token_digest, accepted_at, accepted_by, revoked_at
) on workspace_invitations to defeah_api;
grant select (
  workspace_id, id, user_id, role, data_key_id, email_ciphertext, index_key_version, email_digest, expires_at,
  accepted_at, accepted_by, revoked_at, created_at
), update (
  data_key_id, email_ciphertext, index_key_version, email_digest, token_digest, revoked_at
) on workspace_invitations to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
drop table workspace_invitations;
reset role;
