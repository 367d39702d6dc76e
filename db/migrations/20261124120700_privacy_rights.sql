-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- A request that is refused gives its key back; an erased person's records are deleted.
grant delete on idempotency_keys to defeah_api;
-- Erasure empties what sessions know of the person; an export shows it.
grant update (device, place, address_prefix) on user_sessions to defeah_api;
grant select (device, place, address_prefix) on user_sessions to defeah_jobs;

-- What was under way while a person was erased, a login for one, waits for the erasure here, and is then refused: so
-- nothing of the person appears again. The foreign key's own lock would not wait for it: it changes no key.
create function refuse_erased_person() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  found_status public.user_status;
begin
  select u.status into found_status from public.users as u where u.id = new.user_id for share;
  if found_status = 'erased' then
    raise exception using
      errcode = '23514', constraint = 'erased_person', schema = tg_table_schema, table = tg_table_name,
      message = 'the person has been erased';
  end if;
  return new;
end
$$;
revoke all on function refuse_erased_person() from public;

create trigger refuse_erased before insert on encryption_keys
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on user_email_index
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on user_sessions
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on user_totp
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on user_recovery_codes
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on user_passkeys
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on account_tokens
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on auth_challenges
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on data_exports
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on workspace_members
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on workspace_invitations
  for each row execute function refuse_erased_person();
create trigger refuse_erased before insert on api_keys
  for each row execute function refuse_erased_person();

reset role;

-- migrate:down
set local role defeah_owner;
drop trigger refuse_erased on api_keys;
drop trigger refuse_erased on workspace_invitations;
drop trigger refuse_erased on workspace_members;
drop trigger refuse_erased on data_exports;
drop trigger refuse_erased on auth_challenges;
drop trigger refuse_erased on account_tokens;
drop trigger refuse_erased on user_passkeys;
drop trigger refuse_erased on user_recovery_codes;
drop trigger refuse_erased on user_totp;
drop trigger refuse_erased on user_sessions;
drop trigger refuse_erased on user_email_index;
drop trigger refuse_erased on encryption_keys;
drop function refuse_erased_person();
revoke select (device, place, address_prefix) on user_sessions from defeah_jobs;
revoke update (device, place, address_prefix) on user_sessions from defeah_api;
revoke delete on idempotency_keys from defeah_api;
reset role;
