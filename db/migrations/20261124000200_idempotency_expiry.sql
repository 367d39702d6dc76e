-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- A record lives from the instant that the request had, which is the one the purge compares with. A key whose record is
-- past its time, and not yet purged, is free: the same statement may take it again. The default of expires_at stays for
-- code that does not state it yet.
create function replace_expired_record() returns trigger
  language plpgsql security definer set search_path = pg_catalog, pg_temp
as $$
begin
  delete from public.idempotency_keys as i
  where i.workspace_id = new.workspace_id and i.principal_id = new.principal_id and i.key = new.key
    and i.expires_at <= new.created_at;
  return new;
end
$$;
revoke all on function replace_expired_record() from public;

create trigger replace_expired before insert on idempotency_keys
  for each row execute function replace_expired_record();

-- A record that no purge would reach would keep its key for ever.
alter table idempotency_keys add constraint idempotency_keys_life_check check (
  isfinite(created_at) and expires_at <= created_at + interval '24 hours'
) not valid;

reset role;

-- migrate:down
set local role defeah_owner;
alter table idempotency_keys drop constraint idempotency_keys_life_check;
drop trigger replace_expired on idempotency_keys;
drop function replace_expired_record();
reset role;
