-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- Once an invitation is accepted or withdrawn nobody needs the stranger's address or the token any more. Its name sorts
-- before touch_updated_at, which then sees the row as it will be.
create function forget_answered_invitation() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  new.data_key_id := null;
  new.email_ciphertext := null;
  new.index_key_version := null;
  new.email_digest := null;
  new.token_digest := null;
  return new;
end
$$;
revoke all on function forget_answered_invitation() from public;

create trigger forget_answered before update on workspace_invitations
  for each row when (num_nonnulls(new.accepted_at, new.revoked_at) > 0)
  execute function forget_answered_invitation();

comment on table auth_throttles is
  'Attempts to sign in, for the time when Redis, which usually counts them, does not answer; mails per address.';
comment on column auth_throttles.subject is
  'Keyed hash of what is counted: the act, an account or an address, and the day where it is counted by day.';
comment on column auth_throttles.attempts is
  'Attempts since the last success or the last quiet hour; mails of the day.';

reset role;

-- migrate:down
set local role defeah_owner;
comment on column auth_throttles.attempts is 'Attempts since the last success or the last quiet hour.';
comment on column auth_throttles.subject is 'Keyed hash of what is counted: an account or an address, and the act.';
comment on table auth_throttles is
  'Attempts to sign in per account and address, for the time when Redis, which usually counts them, does not answer.';
drop trigger forget_answered on workspace_invitations;
drop function forget_answered_invitation();
reset role;
