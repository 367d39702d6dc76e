-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

-- While the blind index key rotates, an isolate may not have heard of the new one. Up to the new key's first use that
-- does no harm: what lacks is added afterwards. From then on an address that is written without it is refused, since
-- nobody would look for it again, and it could be registered a second time. The clock is the one that wrote not_before,
-- and the moment of the check rather than the beginning of the transaction: whoever passes it in time has begun to
-- write by then, and can be waited for.
create function refuse_outdated_index() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select
    from inserted_rows as i
    join public.encryption_keys as k on k.purpose = 'blind_index'
      and k.user_id is null and k.workspace_id is null
      and k.status = 'active' and k.not_before <= clock_timestamp()
    where not exists (
      select from public.user_email_index as e where e.user_id = i.user_id and e.key_version = k.key_version)
  ) then
    raise exception using
      errcode = '23514',
      constraint = 'user_email_index_current_key',
      schema = tg_table_schema,
      table = tg_table_name,
      message = 'an address is written without the current index key';
  end if;
  return null;
end
$$;
revoke all on function refuse_outdated_index() from public;

create trigger refuse_outdated after insert on user_email_index
  referencing new table as inserted_rows
  for each statement execute function refuse_outdated_index();

-- What nobody is shown makes no other version of a person: a password's hash, an address that is not proved yet, the
-- same values under another key.
create function touch_user_version() returns trigger
  language plpgsql set search_path = pg_catalog, pg_temp
as $$
declare
  compared public.users := new;
begin
  new.updated_at := old.updated_at;
  if new.data_key_id is distinct from old.data_key_id then
    compared.data_key_id := old.data_key_id;
    compared.email_ciphertext := old.email_ciphertext;
    compared.name_ciphertext := old.name_ciphertext;
  end if;
  compared.password_hash := old.password_hash;
  compared.pending_email_ciphertext := old.pending_email_ciphertext;
  compared.updated_at := old.updated_at;
  if compared is distinct from old then
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  return new;
end
$$;
revoke all on function touch_user_version() from public;

create or replace trigger touch_version before update on users
  for each row execute function touch_user_version();

comment on column encryption_keys.status is
  'Active makes new values, retiring and retired only read old ones, destroyed does neither. Retired keys of the whole '
  'system do not even read.';
comment on column encryption_keys.not_before is
  'First use. A signing key is published before it, a blind index key known. Of a later data key: the beginning of the '
  'rotation that made it, by which one that was interrupted goes on.';

reset role;

-- migrate:down
set local role defeah_owner;
comment on column encryption_keys.not_before is 'First use. A signing key is published before it.';
comment on column encryption_keys.status is
  'Active makes new values, retiring and retired only read old ones, destroyed does neither.';
create or replace trigger touch_version before update on users
  for each row execute function touch_version();
drop function touch_user_version();
drop trigger refuse_outdated on user_email_index;
drop function refuse_outdated_index();
reset role;
