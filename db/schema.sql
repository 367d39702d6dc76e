SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

-- Name: masked; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA masked;

-- Name: SCHEMA masked; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA masked IS 'Views without personal data, for people who look at the database.';

-- Name: partitions; Type: SCHEMA; Schema: -; Owner: -

CREATE SCHEMA partitions;

-- Name: SCHEMA partitions; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA partitions IS 'Monthly partitions. No login role may use it, so a partition cannot be written around its parent.';

-- Name: SCHEMA public; Type: COMMENT; Schema: -; Owner: -

COMMENT ON SCHEMA public IS 'Tables, functions and types of the API.';

-- Name: account_token_purpose; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.account_token_purpose AS ENUM (
    'email_verification',
    'email_change',
    'password_reset'
);

-- Name: actor_kind; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.actor_kind AS ENUM (
    'user',
    'api_key',
    'job',
    'webhook',
    'anonymous',
    'migration'
);

-- Name: ai_generation_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.ai_generation_status AS ENUM (
    'pending',
    'succeeded',
    'failed',
    'refused'
);

-- Name: ai_kind; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.ai_kind AS ENUM (
    'caption',
    'variants',
    'hashtags',
    'alt_text',
    'reply',
    'ideas',
    'rewrite',
    'translation'
);

-- Name: approval_decision; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.approval_decision AS ENUM (
    'approved',
    'rejected'
);

-- Name: approval_policy; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.approval_policy AS ENUM (
    'off',
    'one',
    'all'
);

-- Name: audit_operation; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.audit_operation AS ENUM (
    'INSERT',
    'UPDATE',
    'DELETE'
);

-- Name: auth_challenge_purpose; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.auth_challenge_purpose AS ENUM (
    'second_factor',
    'passkey_registration'
);

-- Name: campaign_objective; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.campaign_objective AS ENUM (
    'awareness',
    'engagement',
    'traffic',
    'leads',
    'sales',
    'other'
);

-- Name: campaign_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.campaign_status AS ENUM (
    'draft',
    'active',
    'completed',
    'archived'
);

-- Name: data_export_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.data_export_status AS ENUM (
    'pending',
    'ready',
    'failed',
    'expired'
);

-- Name: encryption_key_purpose; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.encryption_key_purpose AS ENUM (
    'user_data',
    'workspace_data',
    'signing',
    'pepper',
    'blind_index'
);

-- Name: encryption_key_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.encryption_key_status AS ENUM (
    'active',
    'retiring',
    'retired',
    'destroyed'
);

-- Name: instagram_account_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.instagram_account_status AS ENUM (
    'active',
    'needs_reauth',
    'disconnected'
);

-- Name: instagram_account_type; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.instagram_account_type AS ENUM (
    'business',
    'media_creator'
);

-- Name: instagram_limit_kind; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.instagram_limit_kind AS ENUM (
    'calls',
    'publishing'
);

-- Name: instagram_login; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.instagram_login AS ENUM (
    'instagram',
    'facebook'
);

-- Name: instagram_token_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.instagram_token_status AS ENUM (
    'current',
    'replaced',
    'revoked'
);

-- Name: instagram_webhook_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.instagram_webhook_status AS ENUM (
    'none',
    'subscribed',
    'failed'
);

-- Name: media_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.media_status AS ENUM (
    'pending',
    'processing',
    'ready',
    'rejected'
);

-- Name: metric_bucket; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.metric_bucket AS ENUM (
    'hour',
    'day'
);

-- Name: outbox_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.outbox_status AS ENUM (
    'pending',
    'done',
    'dead',
    'superseded'
);

-- Name: post_kind; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.post_kind AS ENUM (
    'image',
    'carousel',
    'reel',
    'story'
);

-- Name: post_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.post_status AS ENUM (
    'draft',
    'in_review',
    'changes_requested',
    'approved',
    'scheduled',
    'publishing',
    'unconfirmed',
    'published',
    'failed',
    'missed',
    'archived'
);

-- Name: recurrence_frequency; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.recurrence_frequency AS ENUM (
    'daily',
    'weekly',
    'monthly'
);

-- Name: TYPE recurrence_frequency; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TYPE public.recurrence_frequency IS 'What an interval counts, as FREQ of RFC 5545.';

-- Name: session_revocation; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.session_revocation AS ENUM (
    'logout',
    'revoked',
    'reuse',
    'password',
    'admin',
    'erased'
);

-- Name: user_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.user_status AS ENUM (
    'active',
    'suspended',
    'erased'
);

-- Name: workspace_plan; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.workspace_plan AS ENUM (
    'free',
    'pro',
    'enterprise'
);

-- Name: workspace_role; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.workspace_role AS ENUM (
    'owner',
    'admin',
    'editor',
    'analyst',
    'client'
);

-- Name: workspace_status; Type: TYPE; Schema: public; Owner: -

CREATE TYPE public.workspace_status AS ENUM (
    'active',
    'closing',
    'closed'
);

-- Name: audit_row_change(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.audit_row_change() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET "TimeZone" TO 'UTC'
    AS $$
declare
  actor jsonb;
  word text;
  key_columns text[] := '{id}';
  masked text[] := '{}';
  omitted text[] := '{}';
  skipped text[] := '{updated_at,version}';
  row_before jsonb;
  row_after jsonb;
  named jsonb;
  values_before jsonb;
  values_after jsonb;
  redacted constant jsonb := '"[redacted]"';
begin
  if tg_table_schema <> 'public'
    or (select c.relowner from pg_class as c where c.oid = tg_relid) <> current_user::regrole::oid
  then
    raise exception using
      errcode = 'DF003', constraint = 'audit_foreign_table', schema = tg_table_schema, table = tg_table_name,
      message = format('%I.%I is not a table of this schema: it cannot be audited', tg_table_schema, tg_table_name);
  end if;

  actor := public.current_actor();
  if tg_op = 'UPDATE' and new is not distinct from old then
    return null;
  end if;

  for i in 0..tg_nargs - 1 loop
    word := split_part(tg_argv[i], '=', 1);
    case word
      when 'key' then key_columns := string_to_array(substr(tg_argv[i], 5), ',');
      when 'mask' then masked := string_to_array(substr(tg_argv[i], 6), ',');
      when 'omit' then omitted := string_to_array(substr(tg_argv[i], 6), ',');
      when 'ignore' then skipped := skipped || string_to_array(substr(tg_argv[i], 8), ',');
      else raise exception using errcode = '22023', message = format('unknown audit argument %L', tg_argv[i]);
    end case;
  end loop;

  if tg_op <> 'INSERT' then
    row_before := to_jsonb(old);
  end if;
  if tg_op <> 'DELETE' then
    row_after := to_jsonb(new);
  end if;

  if tg_op = 'UPDATE' then
    select
      jsonb_object_agg(e.key, case when e.key = any (masked) then redacted else e.value end),
      jsonb_object_agg(e.key, case when e.key = any (masked) then redacted else row_after -> e.key end)
    into values_before, values_after
    from jsonb_each(row_before) as e
    where e.value <> row_after -> e.key and e.key <> all (skipped) and e.key <> all (omitted);
    if values_before is null then
      return null;
    end if;
  else
    select coalesce(jsonb_object_agg(e.key, case when e.key = any (masked) then redacted else e.value end), '{}')
    into values_after
    from jsonb_each(coalesce(row_after, row_before)) as e
    where e.value <> 'null' and e.key <> all (omitted);
    if tg_op = 'DELETE' then
      values_before := values_after;
      values_after := null;
    end if;
  end if;

  named := coalesce(row_after, row_before);
  insert into public.audit_logs (
    table_name, operation, row_id, workspace_id, user_id, actor_kind, actor_id, session_id, request_id, address,
    old_values, new_values
  ) values (
    tg_table_name,
    tg_op::public.audit_operation,
    case when cardinality(key_columns) = 1
      then named ->> key_columns[1]
      else (
        select string_agg(named ->> k.name, '/' order by k.place)
        from unnest(key_columns) with ordinality as k (name, place)
      )
    end,
    coalesce(
      named ->> 'workspace_id',
      case when tg_table_name = 'workspaces' then named ->> 'id' end,
      actor ->> 'workspaceId')::uuid,
    (actor ->> 'userId')::uuid,
    (actor ->> 'kind')::public.actor_kind,
    actor ->> 'id',
    (actor ->> 'sessionId')::uuid,
    actor ->> 'requestId',
    (actor ->> 'address')::cidr,
    values_before,
    values_after
  );
  return null;
end
$$;

-- Name: campaign_spend_check_entry(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.campaign_spend_check_entry() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  campaign_status public.campaign_status;
  corrected public.campaign_spend;
  left_minor numeric;
  total_minor numeric;
begin
  select c.status into campaign_status
  from public.campaigns as c
  where c.workspace_id = new.workspace_id and c.id = new.campaign_id
  for no key update;

  if new.corrects_id is null and campaign_status = 'archived' then
    raise exception using
      errcode = '23514', constraint = 'campaigns_archived', schema = 'public', table = 'campaign_spend',
      message = 'an archived campaign takes corrections alone';
  end if;

  select s.* into corrected
  from public.campaign_spend as s
  where s.workspace_id = new.workspace_id and s.campaign_id = new.campaign_id and s.id = new.corrects_id;
  -- A correction of what is not there is refused by the foreign key.
  if found then
    if corrected.corrects_id is not null then
      raise exception using
        errcode = '23514', constraint = 'campaign_spend_correction', schema = 'public', table = 'campaign_spend',
        message = 'a correction is not corrected: its entry is';
    end if;
    if corrected.currency <> new.currency then
      raise exception using
        errcode = '23514', constraint = 'campaign_spend_correction_currency', schema = 'public',
        table = 'campaign_spend', message = 'a correction is in the currency of its entry';
    end if;
    select corrected.amount_minor + coalesce(sum(s.amount_minor), 0) + new.amount_minor into left_minor
    from public.campaign_spend as s
    where s.workspace_id = new.workspace_id and s.campaign_id = new.campaign_id and s.corrects_id = new.corrects_id;
    if left_minor < 0 then
      raise exception using
        errcode = '23514', constraint = 'campaign_spend_below_zero', schema = 'public', table = 'campaign_spend',
        message = 'corrections may not take more than the entry has';
    end if;
  end if;

  select coalesce(sum(s.amount_minor), 0) + new.amount_minor into total_minor
  from public.campaign_spend as s
  where s.workspace_id = new.workspace_id and s.campaign_id = new.campaign_id and s.currency = new.currency;
  if total_minor > 9007199254740991 then
    raise exception using
      errcode = '23514', constraint = 'campaign_spend_total', schema = 'public', table = 'campaign_spend',
      message = 'the campaign''s total in this currency would not be exact in JSON';
  end if;
  return new;
end
$$;

-- Name: campaigns_refuse_archived(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.campaigns_refuse_archived() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception using
    errcode = '23514', constraint = 'campaigns_archived', schema = 'public', table = 'campaigns',
    message = 'an archived campaign does not change';
end
$$;

-- Name: content_fingerprint(text, bytea); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.content_fingerprint(caption text, media bytea) RETURNS bytea
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN sha256(((convert_to(lower(regexp_replace(NORMALIZE(COALESCE(caption, ''::text), NFKC), '\s+'::text, ' '::text, 'g'::text)), 'UTF8'::name) || '\x00'::bytea) || media));

-- Name: FUNCTION content_fingerprint(caption text, media bytea); Type: COMMENT; Schema: public; Owner: -

COMMENT ON FUNCTION public.content_fingerprint(caption text, media bytea) IS 'SHA-256 of the words of a post and the hashes of its media, one behind the other; NULL without media.';

-- Name: current_actor(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.current_actor() RETURNS jsonb
    LANGUAGE plpgsql STABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  actor jsonb := nullif(current_setting('app.actor', true), '')::jsonb;
begin
  if actor ->> 'kind' is null then
    raise exception using
      errcode = 'DF001',
      constraint = 'audit_actor_required',
      message = 'a write needs an actor: set app.actor in the same statement or transaction';
  end if;
  return actor;
end
$$;

-- Name: ensure_all_partitions(integer); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.ensure_all_partitions(months_ahead integer DEFAULT 3) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  parent regclass;
  made integer := 0;
begin
  if months_ahead not between 0 and 24 then
    raise exception using errcode = '22023', message = 'months_ahead must be 0 to 24';
  end if;
  for parent in
    select c.oid::regclass from pg_class as c
    where c.relkind = 'p' and c.relnamespace = 'public'::regnamespace
    order by c.relname
  loop
    made := made + public.ensure_partitions(
      parent, (date_trunc('month', now() at time zone 'UTC') - interval '1 month')::date, months_ahead + 2);
  end loop;
  return made;
end
$$;

-- Name: ensure_partitions(regclass, date, integer); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.ensure_partitions(parent regclass, first_month date, months integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    SET lock_timeout TO '2s'
    SET "TimeZone" TO 'UTC'
    AS $$
declare
  parent_name text;
  month_start date;
  partition_name text;
  refused text;
  made integer := 0;
begin
  select c.relname into parent_name
  from pg_class as c
  where c.oid = parent and c.relkind = 'p' and c.relnamespace = 'public'::regnamespace
    and c.relowner = (select r.oid from pg_roles as r where r.rolname = current_user);
  if parent_name is null then
    raise exception using errcode = '42809', message = format('%s is not a partitioned table of this schema', parent);
  end if;
  if months not between 1 and 120 then
    raise exception using errcode = '22023', message = 'months must be 1 to 120';
  end if;
  -- A partition does not inherit its parent's statement triggers.
  refused := case parent_name when 'audit_logs' then 'update or delete or truncate' else 'truncate' end;

  for i in 0..months - 1 loop
    month_start := date_trunc('month', first_month)::date + make_interval(months => i);
    partition_name := format('%s_%s', parent_name, to_char(month_start, 'YYYY_MM'));
    continue when to_regclass(format('partitions.%I', partition_name)) is not null;
    execute format(
      'create table partitions.%I (like public.%I including defaults including constraints including storage) '
      'with (%s)',
      partition_name, parent_name,
      'autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02');
    execute format(
      'create trigger refuse before %s on partitions.%I for each statement execute function public.refuse_statement()',
      refused, partition_name);
    execute format('alter table partitions.%I enable always trigger refuse', partition_name);
    -- Rows come in through the parent, which does not fire this: of the trail nobody writes a partition itself.
    if parent_name = 'audit_logs' then
      execute format(
        'create trigger refuse_direct before insert on partitions.%I for each statement '
        'execute function public.refuse_statement()', partition_name);
    end if;
    execute format(
      'alter table public.%I attach partition partitions.%I for values from (%L) to (%L)',
      parent_name, partition_name, month_start::timestamptz, (month_start + interval '1 month')::timestamptz);
    execute format(
      'comment on table partitions.%I is %L',
      partition_name, format('%s of %s in UTC.', parent_name, to_char(month_start, 'YYYY-MM')));
    made := made + 1;
  end loop;
  return made;
end
$$;

-- Name: forget_answered_invitation(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.forget_answered_invitation() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  new.data_key_id := null;
  new.email_ciphertext := null;
  new.index_key_version := null;
  new.email_digest := null;
  new.token_digest := null;
  return new;
end
$$;

-- Name: media_count(uuid, bigint, bigint); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.media_count(counted_workspace uuid, used bigint, reserved bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  total bigint;
  quota bigint;
begin
  if used = 0 and reserved = 0 then
    return;
  end if;
  insert into public.media_usage as u (workspace_id) values (counted_workspace) on conflict (workspace_id) do nothing;
  update public.media_usage as u
  set used_bytes = u.used_bytes + used, reserved_bytes = u.reserved_bytes + reserved
  where u.workspace_id = counted_workspace
  returning u.used_bytes + u.reserved_bytes into total;
  if reserved <= 0 then
    return;
  end if;
  select q.bytes into quota
  from public.workspaces as w join public.media_quotas as q on q.plan = w.plan
  where w.id = counted_workspace;
  if total > quota then
    raise exception using
      errcode = '23514', constraint = 'media_usage_quota', schema = 'public', table = 'media_usage',
      message = format('%s bytes would be more than the quota of %s', total, quota);
  end if;
end
$$;

-- Name: media_files_count(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.media_files_count() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if tg_op = 'INSERT' then
    perform public.media_count(new.workspace_id, 0, public.media_reserved_bytes(new));
  elsif tg_op = 'UPDATE' then
    perform public.media_count(
      new.workspace_id, 0, public.media_reserved_bytes(new) - public.media_reserved_bytes(old));
  else
    perform public.media_count(old.workspace_id, 0, -public.media_reserved_bytes(old));
  end if;
  return null;
end
$$;

-- Name: media_objects_count(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.media_objects_count() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if tg_op = 'INSERT' then
    perform public.media_count(new.workspace_id, new.bytes, 0);
  else
    perform public.media_count(old.workspace_id, -old.bytes, 0);
  end if;
  return null;
end
$$;

-- Name: uuid_v7(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.uuid_v7() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    RETURN (SELECT (encode(OVERLAY(uuid_send(gen_random_uuid()) PLACING int8send(((((clock.us / 1000) << 16) | (28672)::bigint) | (((clock.us % (1000)::bigint) * 4096) / 1000))) FROM 1 FOR 8), 'hex'::text))::uuid AS encode FROM (SELECT ((EXTRACT(epoch FROM clock_timestamp()) * (1000000)::numeric))::bigint AS us) clock);

SET default_tablespace = '';

SET default_table_access_method = heap;

-- Name: media_files; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.media_files (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    file_name text NOT NULL,
    declared_content_type text NOT NULL,
    declared_bytes bigint NOT NULL,
    declared_sha256 bytea,
    sha256 bytea,
    width integer,
    height integer,
    duration_ms integer,
    status public.media_status DEFAULT 'pending'::public.media_status NOT NULL,
    rejection_code text,
    upload_expires_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    traits jsonb,
    CONSTRAINT media_files_declared_check CHECK (((declared_bytes > 0) AND ((char_length(declared_content_type) >= 3) AND (char_length(declared_content_type) <= 127)) AND (octet_length(declared_sha256) = 32))),
    CONSTRAINT media_files_file_name_check CHECK (((char_length(file_name) >= 1) AND (char_length(file_name) <= 255))),
    CONSTRAINT media_files_pending_check CHECK (((status <> 'pending'::public.media_status) OR (upload_expires_at IS NOT NULL))),
    CONSTRAINT media_files_ready_check CHECK (((status = 'ready'::public.media_status) = (sha256 IS NOT NULL))),
    CONSTRAINT media_files_rejected_check CHECK (((status = 'rejected'::public.media_status) = (rejection_code IS NOT NULL))),
    CONSTRAINT media_files_size_check CHECK (((width > 0) AND (height > 0) AND (duration_ms > 0) AND (num_nonnulls(width, height) = ANY (ARRAY[0, 2])))),
    CONSTRAINT media_files_traits_check CHECK (((traits IS NULL) OR ((jsonb_typeof(traits) = 'object'::text) AND ((traits ->> 'kind'::text) = ANY (ARRAY['image'::text, 'video'::text]))))),
    CONSTRAINT media_files_version_check CHECK ((version > 0))
);

-- Name: TABLE media_files; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.media_files IS 'Files that people uploaded or imported. Several may refer to the same bytes.';

-- Name: COLUMN media_files.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.workspace_id IS 'The owning workspace.';

-- Name: COLUMN media_files.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.id IS 'The file.';

-- Name: COLUMN media_files.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.user_id IS 'Who uploaded it; for an API key, who made the key.';

-- Name: COLUMN media_files.file_name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.file_name IS 'pii: As the uploader named it.';

-- Name: COLUMN media_files.declared_content_type; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.declared_content_type IS 'Type that the uploader claimed; of what the server fetched, the type that it found.';

-- Name: COLUMN media_files.declared_bytes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.declared_bytes IS 'Size that the uploader claimed; the upload may not be another. Counts against the quota until the file is decided.';

-- Name: COLUMN media_files.declared_sha256; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.declared_sha256 IS 'Digest that the uploader claimed. NULL: imported, so nobody claimed one.';

-- Name: COLUMN media_files.sha256; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.sha256 IS 'Digest of the bytes that were stored. NULL until ready.';

-- Name: COLUMN media_files.width; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.width IS 'Pixels.';

-- Name: COLUMN media_files.height; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.height IS 'Pixels.';

-- Name: COLUMN media_files.duration_ms; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.duration_ms IS 'Length of a video in milliseconds. NULL: an image.';

-- Name: COLUMN media_files.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.status IS 'Only a ready file can be published. Pending: its upload is open; processing: the server fetches it.';

-- Name: COLUMN media_files.rejection_code; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.rejection_code IS 'Why it was rejected.';

-- Name: COLUMN media_files.upload_expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.upload_expires_at IS 'Until when its upload, or the server''s fetching, may begin. Signed into the upload URL, so a replay renders the same one.';

-- Name: COLUMN media_files.version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.version IS 'For ETags. Raised by trigger with each real change.';

-- Name: COLUMN media_files.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.created_at IS 'When it was declared.';

-- Name: COLUMN media_files.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.updated_at IS 'Last real change.';

-- Name: COLUMN media_files.traits; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_files.traits IS 'What a post''s rules ask of it beside size and duration: codecs, rates, colour. NULL until ready.';

-- Name: media_reserved_bytes(public.media_files); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.media_reserved_bytes(file public.media_files) RETURNS bigint
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'pg_temp'
    RETURN CASE WHEN ((file).status = ANY (ARRAY['pending'::public.media_status, 'processing'::public.media_status])) THEN (file).declared_bytes ELSE (0)::bigint END;

-- Name: posts_check_campaign(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.posts_check_campaign() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  campaign_status public.campaign_status;
begin
  select c.status into campaign_status
  from public.campaigns as c
  where c.workspace_id = new.workspace_id and c.id = new.campaign_id
  for share;
  if campaign_status = 'archived' then
    raise exception using
      errcode = '23514', constraint = 'campaigns_archived', schema = 'public', table = 'posts', column = 'campaign_id',
      message = 'an archived campaign takes no posts';
  end if;
  return new;
end
$$;

-- Name: posts_check_status(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.posts_check_status() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if tg_op = 'INSERT' then
    if new.status <> 'draft' then
      raise exception using
        errcode = '23514', constraint = 'posts_status_initial', schema = 'public', table = 'posts', column = 'status',
        message = format('a new post is a draft, not %s', new.status);
    end if;
    return new;
  end if;
  if not exists (
    select from public.post_status_moves as m where m.from_status = old.status and m.to_status = new.status
  ) then
    raise exception using
      errcode = '23514', constraint = 'posts_status_move', schema = 'public', table = 'posts', column = 'status',
      message = format('a post does not move from %s to %s', old.status, new.status);
  end if;
  if new.status in ('scheduled', 'publishing')
    and old.status not in ('scheduled', 'publishing', 'unconfirmed')
    and new.approved_revision is distinct from new.content_revision
    and exists (
      select from public.workspaces as w where w.id = new.workspace_id and w.approval_policy <> 'off'
    )
  then
    raise exception using
      errcode = '23514', constraint = 'posts_approval_required', schema = 'public', table = 'posts', column = 'status',
      message = 'the workspace approves a post before it is scheduled or published';
  end if;
  return new;
end
$$;

-- Name: posts_give_back_slot(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.posts_give_back_slot() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  new.slot_at := null;
  return new;
end
$$;

-- Name: posts_record_move(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.posts_record_move() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
declare
  actor constant jsonb := public.current_actor();
begin
  insert into public.post_status_history (
    workspace_id, post_id, from_status, to_status, actor_kind, actor_id, user_id, reason
  ) values (
    new.workspace_id,
    new.id,
    case when tg_op = 'UPDATE' then old.status end,
    new.status,
    (actor ->> 'kind')::public.actor_kind,
    actor ->> 'id',
    (actor ->> 'userId')::uuid,
    nullif(current_setting('app.reason', true), '')
  );
  return null;
end
$$;

-- Name: refuse_direct_insert(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.refuse_direct_insert() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  if pg_trigger_depth() < 2 then
    raise exception using
      errcode = 'DF002',
      constraint = 'statement_refused',
      schema = tg_table_schema,
      table = tg_table_name,
      message = format('%I is written by the audit trigger alone', tg_table_name);
  end if;
  return null;
end
$$;

-- Name: refuse_erased_person(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.refuse_erased_person() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

-- Name: refuse_outdated_index(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.refuse_outdated_index() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

-- Name: refuse_statement(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.refuse_statement() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  raise exception using
    errcode = 'DF002',
    constraint = 'statement_refused',
    schema = tg_table_schema,
    table = tg_table_name,
    message = format('%s of %I is refused', tg_op, tg_table_name);
end
$$;

-- Name: replace_expired_record(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.replace_expired_record() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  delete from public.idempotency_keys as i
  where i.workspace_id is not distinct from new.workspace_id and i.principal_id = new.principal_id and i.key = new.key
    and i.expires_at <= new.created_at;
  return new;
end
$$;

-- Name: tag_keys(uuid, text[]); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.tag_keys(workspace_id uuid, tags text[]) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN (SELECT COALESCE(array_agg(((tag_keys.workspace_id)::text || t.tag)), '{}'::text[]) AS "coalesce" FROM unnest(tag_keys.tags) t(tag));

-- Name: touch_updated_at(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.touch_updated_at() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  new.updated_at := old.updated_at;
  if new is distinct from old then
    new.updated_at := now();
  end if;
  return new;
end
$$;

-- Name: touch_user_version(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.touch_user_version() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
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

-- Name: touch_version(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.touch_version() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  new.updated_at := old.updated_at;
  if new is distinct from old then
    new.version := old.version + 1;
    new.updated_at := now();
  end if;
  return new;
end
$$;

-- Name: workspace_approvers_drop(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.workspace_approvers_drop() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  update public.workspaces as w set version = w.version + 1 where w.id = old.workspace_id;
  return null;
end
$$;

-- Name: workspace_members_last_owner(); Type: FUNCTION; Schema: public; Owner: -

CREATE FUNCTION public.workspace_members_last_owner() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'pg_temp'
    AS $$
begin
  perform 1 from public.workspaces as w where w.id = old.workspace_id for no key update;
  if exists (select from public.workspaces as w where w.id = old.workspace_id and w.status = 'active')
    and exists (select from public.workspace_members as m where m.workspace_id = old.workspace_id)
    and not exists (
      select from public.workspace_members as m where m.workspace_id = old.workspace_id and m.role = 'owner'
    )
  then
    raise exception using
      errcode = '23514', constraint = 'workspace_members_last_owner', schema = 'public', table = 'workspace_members',
      message = 'an active workspace with members must keep an owner';
  end if;
  return null;
end
$$;

-- Name: ai_generations; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.ai_generations (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    post_id uuid,
    kind public.ai_kind NOT NULL,
    status public.ai_generation_status DEFAULT 'pending'::public.ai_generation_status NOT NULL,
    provider text NOT NULL,
    model text NOT NULL,
    template text,
    template_version integer,
    prompt text NOT NULL,
    output jsonb,
    error_code text,
    input_tokens integer,
    output_tokens integer,
    cost_micros bigint,
    currency character(3),
    latency_ms integer,
    finished_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT ai_generations_currency_check CHECK (((currency ~ '^[A-Z]{3}$'::text) AND ((cost_micros IS NULL) = (currency IS NULL)))),
    CONSTRAINT ai_generations_status_check CHECK ((((status = 'pending'::public.ai_generation_status) = (finished_at IS NULL)) AND ((status = 'succeeded'::public.ai_generation_status) = (output IS NOT NULL)) AND ((status = 'failed'::public.ai_generation_status) = (error_code IS NOT NULL)))),
    CONSTRAINT ai_generations_template_check CHECK ((((template IS NULL) = (template_version IS NULL)) AND (template_version > 0))),
    CONSTRAINT ai_generations_usage_check CHECK (((input_tokens >= 0) AND (output_tokens >= 0) AND (cost_micros >= 0) AND (latency_ms >= 0)))
);

-- Name: TABLE ai_generations; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.ai_generations IS 'What was asked of a language model, what it answered and what that cost.';

-- Name: COLUMN ai_generations.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.workspace_id IS 'The owning workspace.';

-- Name: COLUMN ai_generations.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.id IS 'The generation.';

-- Name: COLUMN ai_generations.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.user_id IS 'Who asked; for an API key, who made the key.';

-- Name: COLUMN ai_generations.post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.post_id IS 'The post that it was made for. NULL: none, or deleted since.';

-- Name: COLUMN ai_generations.kind; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.kind IS 'What was asked for.';

-- Name: COLUMN ai_generations.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.status IS 'Pending is committed before money is spent; refused means that the model would not answer.';

-- Name: COLUMN ai_generations.provider; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.provider IS 'Whose API answered.';

-- Name: COLUMN ai_generations.model; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.model IS 'Which model, as the provider names it.';

-- Name: COLUMN ai_generations.template; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.template IS 'Name of the prompt template.';

-- Name: COLUMN ai_generations.template_version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.template_version IS 'Version of that template.';

-- Name: COLUMN ai_generations.prompt; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.prompt IS 'pii: What the caller wrote; free text.';

-- Name: COLUMN ai_generations.output; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.output IS 'pii: What the model answered, in the shape of its kind.';

-- Name: COLUMN ai_generations.error_code; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.error_code IS 'Why it failed.';

-- Name: COLUMN ai_generations.input_tokens; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.input_tokens IS 'As the provider counted.';

-- Name: COLUMN ai_generations.output_tokens; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.output_tokens IS 'As the provider counted.';

-- Name: COLUMN ai_generations.cost_micros; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.cost_micros IS 'Cost in millionths of the currency.';

-- Name: COLUMN ai_generations.currency; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.currency IS 'ISO 4217 code of the cost.';

-- Name: COLUMN ai_generations.latency_ms; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.latency_ms IS 'Milliseconds until the last token.';

-- Name: COLUMN ai_generations.finished_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.finished_at IS 'When it stopped being pending.';

-- Name: COLUMN ai_generations.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.created_at IS 'When it was asked.';

-- Name: COLUMN ai_generations.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.ai_generations.updated_at IS 'Last real change.';

-- Name: ai_generations; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.ai_generations AS
 SELECT ai_generations.workspace_id,
    ai_generations.id,
    ai_generations.user_id,
    ai_generations.post_id,
    ai_generations.kind,
    ai_generations.status,
    ai_generations.provider,
    ai_generations.model,
    ai_generations.template,
    ai_generations.template_version,
    ai_generations.error_code,
    ai_generations.input_tokens,
    ai_generations.output_tokens,
    ai_generations.cost_micros,
    ai_generations.currency,
    ai_generations.latency_ms,
    ai_generations.finished_at,
    ai_generations.created_at,
    ai_generations.updated_at
   FROM public.ai_generations;

-- Name: VIEW ai_generations; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.ai_generations IS 'Generations without prompt and output.';

-- Name: api_keys; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.api_keys (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    hint text NOT NULL,
    scopes text[] NOT NULL,
    is_limited_to_accounts boolean DEFAULT false NOT NULL,
    expires_at timestamp with time zone,
    last_used_at timestamp with time zone,
    revoked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT api_keys_hint_check CHECK (((char_length(hint) >= 1) AND (char_length(hint) <= 20))),
    CONSTRAINT api_keys_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT api_keys_scopes_check CHECK ((((cardinality(scopes) >= 1) AND (cardinality(scopes) <= 40)) AND (NOT (scopes && ARRAY['members:read'::text, 'members:write'::text, 'api-keys:read'::text, 'api-keys:write'::text, 'workspace:write'::text]))))
);

-- Name: TABLE api_keys; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.api_keys IS 'Credentials of machines, each for one workspace, with rights of its own.';

-- Name: COLUMN api_keys.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.workspace_id IS 'The workspace.';

-- Name: COLUMN api_keys.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.id IS 'Made by the application.';

-- Name: COLUMN api_keys.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.user_id IS 'Who made it; it may never do more than that member may.';

-- Name: COLUMN api_keys.name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.name IS 'What the team calls it.';

-- Name: COLUMN api_keys.hint; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.hint IS 'The visible beginning of the key, to tell it from others.';

-- Name: COLUMN api_keys.scopes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.scopes IS 'Permissions that it holds.';

-- Name: COLUMN api_keys.is_limited_to_accounts; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.is_limited_to_accounts IS 'Whether it may touch only the accounts in api_key_accounts.';

-- Name: COLUMN api_keys.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.expires_at IS 'No longer good after this. NULL: good until it is revoked.';

-- Name: COLUMN api_keys.last_used_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.last_used_at IS 'When it was last used, to the minute.';

-- Name: COLUMN api_keys.revoked_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.revoked_at IS 'When it was ended.';

-- Name: COLUMN api_keys.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.created_at IS 'When it was made.';

-- Name: COLUMN api_keys.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_keys.updated_at IS 'Last real change.';

-- Name: api_keys; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.api_keys AS
 SELECT api_keys.workspace_id,
    api_keys.id,
    api_keys.user_id,
    api_keys.scopes,
    api_keys.is_limited_to_accounts,
    api_keys.expires_at,
    api_keys.last_used_at,
    api_keys.revoked_at,
    api_keys.created_at,
    api_keys.updated_at
   FROM public.api_keys;

-- Name: VIEW api_keys; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.api_keys IS 'API keys without their names and secrets.';

-- Name: campaigns; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.campaigns (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    name text NOT NULL,
    objective public.campaign_objective NOT NULL,
    budget_minor bigint,
    currency character(3),
    starts_on date,
    ends_on date,
    status public.campaign_status DEFAULT 'draft'::public.campaign_status NOT NULL,
    utm jsonb DEFAULT '{}'::jsonb NOT NULL,
    goals jsonb DEFAULT '[]'::jsonb NOT NULL,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT campaigns_archived_check CHECK (((status = 'archived'::public.campaign_status) = (archived_at IS NOT NULL))),
    CONSTRAINT campaigns_budget_check CHECK ((budget_minor >= 0)),
    CONSTRAINT campaigns_budget_currency_check CHECK (((budget_minor IS NULL) OR (currency IS NOT NULL))),
    CONSTRAINT campaigns_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT campaigns_dates_check CHECK ((ends_on >= starts_on)),
    CONSTRAINT campaigns_goals_check CHECK ((jsonb_typeof(goals) = 'array'::text)),
    CONSTRAINT campaigns_goals_count_check CHECK (
CASE
    WHEN (jsonb_typeof(goals) = 'array'::text) THEN (jsonb_array_length(goals) <= 20)
    ELSE false
END),
    CONSTRAINT campaigns_goals_currency_check CHECK (((currency IS NOT NULL) OR (NOT (goals @> '[{"metric": "revenue"}]'::jsonb)))),
    CONSTRAINT campaigns_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 200))),
    CONSTRAINT campaigns_utm_check CHECK ((jsonb_typeof(utm) = 'object'::text)),
    CONSTRAINT campaigns_version_check CHECK ((version > 0))
);

-- Name: TABLE campaigns; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.campaigns IS 'Marketing campaigns: what is to be reached, with which money, from when to when.';

-- Name: COLUMN campaigns.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.workspace_id IS 'The owning workspace.';

-- Name: COLUMN campaigns.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.id IS 'The campaign.';

-- Name: COLUMN campaigns.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.user_id IS 'Who made it; for an API key, who made the key.';

-- Name: COLUMN campaigns.name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.name IS 'As the team calls it.';

-- Name: COLUMN campaigns.objective; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.objective IS 'What it is to achieve.';

-- Name: COLUMN campaigns.budget_minor; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.budget_minor IS 'Budget in minor units of the currency.';

-- Name: COLUMN campaigns.currency; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.currency IS 'ISO 4217 code of the budget and of the revenue among the goals.';

-- Name: COLUMN campaigns.starts_on; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.starts_on IS 'First day.';

-- Name: COLUMN campaigns.ends_on; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.ends_on IS 'Last day, included.';

-- Name: COLUMN campaigns.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.status IS 'Archived ones are kept for their figures.';

-- Name: COLUMN campaigns.utm; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.utm IS 'Defaults of the UTM parameters of its links.';

-- Name: COLUMN campaigns.goals; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.goals IS 'List of goals: metric, target and the day by which it is to be reached.';

-- Name: COLUMN campaigns.archived_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.archived_at IS 'When it was archived.';

-- Name: COLUMN campaigns.version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.version IS 'For ETags. Raised by trigger with each real change.';

-- Name: COLUMN campaigns.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.created_at IS 'When it was made.';

-- Name: COLUMN campaigns.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaigns.updated_at IS 'Last real change.';

-- Name: campaigns; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.campaigns AS
 SELECT campaigns.workspace_id,
    campaigns.id,
    campaigns.user_id,
    campaigns.objective,
    campaigns.budget_minor,
    campaigns.currency,
    campaigns.starts_on,
    campaigns.ends_on,
    campaigns.status,
    campaigns.archived_at,
    campaigns.version,
    campaigns.created_at,
    campaigns.updated_at
   FROM public.campaigns;

-- Name: VIEW campaigns; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.campaigns IS 'Campaigns without their texts.';

-- Name: instagram_accounts; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.instagram_accounts (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    login public.instagram_login NOT NULL,
    ig_user_id text NOT NULL,
    app_scoped_id text,
    page_id text,
    username text NOT NULL,
    name text,
    account_type public.instagram_account_type,
    profile_picture_url text,
    followers_count integer,
    follows_count integer,
    media_count integer,
    status public.instagram_account_status DEFAULT 'active'::public.instagram_account_status NOT NULL,
    webhook_status public.instagram_webhook_status DEFAULT 'none'::public.instagram_webhook_status NOT NULL,
    webhook_checked_at timestamp with time zone,
    profile_read_at timestamp with time zone,
    connected_at timestamp with time zone DEFAULT now() NOT NULL,
    disconnected_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT instagram_accounts_app_scoped_id_check CHECK ((app_scoped_id ~ '^[0-9]{1,32}$'::text)),
    CONSTRAINT instagram_accounts_counts_check CHECK (((followers_count >= 0) AND (follows_count >= 0) AND (media_count >= 0))),
    CONSTRAINT instagram_accounts_disconnected_check CHECK (((status = 'disconnected'::public.instagram_account_status) = (disconnected_at IS NOT NULL))),
    CONSTRAINT instagram_accounts_ig_user_id_check CHECK ((ig_user_id ~ '^[0-9]{1,32}$'::text)),
    CONSTRAINT instagram_accounts_page_id_check CHECK (((page_id IS NULL) OR ((page_id ~ '^[0-9]{1,32}$'::text) AND (login = 'facebook'::public.instagram_login)))),
    CONSTRAINT instagram_accounts_username_check CHECK (((char_length(username) >= 1) AND (char_length(username) <= 100))),
    CONSTRAINT instagram_accounts_version_check CHECK ((version > 0))
);

-- Name: TABLE instagram_accounts; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.instagram_accounts IS 'Professional Instagram accounts that a workspace connected.';

-- Name: COLUMN instagram_accounts.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.workspace_id IS 'The owning workspace.';

-- Name: COLUMN instagram_accounts.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.id IS 'The account here; Instagram''s own ids are below.';

-- Name: COLUMN instagram_accounts.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.user_id IS 'Who connected it.';

-- Name: COLUMN instagram_accounts.login; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.login IS 'Which of Meta''s two login flavours: decides hosts, scopes and features.';

-- Name: COLUMN instagram_accounts.ig_user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.ig_user_id IS 'pii: Professional account id, also the entry id of webhooks. Connected in one workspace at a time.';

-- Name: COLUMN instagram_accounts.app_scoped_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.app_scoped_id IS 'pii: Id of the person for this app, named by deauthorize and deletion callbacks.';

-- Name: COLUMN instagram_accounts.page_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.page_id IS 'pii: Facebook page behind the account; Facebook Login only.';

-- Name: COLUMN instagram_accounts.username; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.username IS 'pii: Handle, without the at sign.';

-- Name: COLUMN instagram_accounts.name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.name IS 'pii: Display name.';

-- Name: COLUMN instagram_accounts.account_type; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.account_type IS 'What Meta says the account is. NULL: not told.';

-- Name: COLUMN instagram_accounts.profile_picture_url; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.profile_picture_url IS 'pii: Meta''s link to the picture; it expires.';

-- Name: COLUMN instagram_accounts.followers_count; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.followers_count IS 'As last read.';

-- Name: COLUMN instagram_accounts.follows_count; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.follows_count IS 'As last read.';

-- Name: COLUMN instagram_accounts.media_count; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.media_count IS 'As last read.';

-- Name: COLUMN instagram_accounts.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.status IS 'A needs_reauth account keeps its plans but cannot publish until it is connected again.';

-- Name: COLUMN instagram_accounts.webhook_status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.webhook_status IS 'Whether Meta delivers webhooks for it.';

-- Name: COLUMN instagram_accounts.webhook_checked_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.webhook_checked_at IS 'When the subscription was last confirmed or tried.';

-- Name: COLUMN instagram_accounts.profile_read_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.profile_read_at IS 'When the profile was last read from Meta.';

-- Name: COLUMN instagram_accounts.connected_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.connected_at IS 'When it was connected, or connected again.';

-- Name: COLUMN instagram_accounts.disconnected_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.disconnected_at IS 'When it was disconnected.';

-- Name: COLUMN instagram_accounts.version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.version IS 'For ETags. Raised by trigger with each real change.';

-- Name: COLUMN instagram_accounts.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.created_at IS 'When it was first connected.';

-- Name: COLUMN instagram_accounts.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_accounts.updated_at IS 'Last real change.';

-- Name: instagram_accounts; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.instagram_accounts AS
 SELECT instagram_accounts.workspace_id,
    instagram_accounts.id,
    instagram_accounts.user_id,
    instagram_accounts.login,
    instagram_accounts.account_type,
    instagram_accounts.followers_count,
    instagram_accounts.follows_count,
    instagram_accounts.media_count,
    instagram_accounts.status,
    instagram_accounts.webhook_status,
    instagram_accounts.connected_at,
    instagram_accounts.disconnected_at,
    instagram_accounts.version,
    instagram_accounts.created_at,
    instagram_accounts.updated_at
   FROM public.instagram_accounts;

-- Name: VIEW instagram_accounts; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.instagram_accounts IS 'Connected accounts without what names them.';

-- Name: media_files; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.media_files AS
 SELECT media_files.workspace_id,
    media_files.id,
    media_files.user_id,
    media_files.declared_content_type,
    media_files.declared_bytes,
    media_files.width,
    media_files.height,
    media_files.duration_ms,
    media_files.status,
    media_files.rejection_code,
    media_files.upload_expires_at,
    media_files.version,
    media_files.created_at,
    media_files.updated_at
   FROM public.media_files;

-- Name: VIEW media_files; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.media_files IS 'Files without their names.';

-- Name: performance_metrics; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.performance_metrics (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    post_id uuid,
    campaign_id uuid,
    account_id uuid,
    link_id uuid,
    bucket public.metric_bucket NOT NULL,
    bucket_start timestamp with time zone NOT NULL,
    views bigint DEFAULT 0 NOT NULL,
    reach bigint DEFAULT 0 NOT NULL,
    likes bigint DEFAULT 0 NOT NULL,
    comments bigint DEFAULT 0 NOT NULL,
    shares bigint DEFAULT 0 NOT NULL,
    saves bigint DEFAULT 0 NOT NULL,
    follows bigint DEFAULT 0 NOT NULL,
    profile_visits bigint DEFAULT 0 NOT NULL,
    clicks bigint DEFAULT 0 NOT NULL,
    conversions bigint DEFAULT 0 NOT NULL,
    revenue_minor bigint DEFAULT 0 NOT NULL,
    currency character(3),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT performance_metrics_bucket_start_check CHECK ((bucket_start = date_trunc(
CASE bucket
    WHEN 'hour'::public.metric_bucket THEN 'hour'::text
    ELSE 'day'::text
END, bucket_start, 'UTC'::text))),
    CONSTRAINT performance_metrics_counts_check CHECK ((LEAST(views, reach, likes, comments, shares, saves, follows, profile_visits, clicks, conversions) >= 0)),
    CONSTRAINT performance_metrics_currency_check CHECK (((currency ~ '^[A-Z]{3}$'::text) AND ((revenue_minor = 0) OR (currency IS NOT NULL)))),
    CONSTRAINT performance_metrics_subject_check CHECK ((num_nonnulls(post_id, campaign_id, account_id, link_id) = 1))
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.05');

-- Name: TABLE performance_metrics; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.performance_metrics IS 'Sums of events per hour and day for one subject. Dashboards read these, never the events.';

-- Name: COLUMN performance_metrics.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.workspace_id IS 'The owning workspace.';

-- Name: COLUMN performance_metrics.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.id IS 'The row.';

-- Name: COLUMN performance_metrics.post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.post_id IS 'Subject, or NULL.';

-- Name: COLUMN performance_metrics.campaign_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.campaign_id IS 'Subject, or NULL.';

-- Name: COLUMN performance_metrics.account_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.account_id IS 'Subject, or NULL.';

-- Name: COLUMN performance_metrics.link_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.link_id IS 'Subject, or NULL.';

-- Name: COLUMN performance_metrics.bucket; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.bucket IS 'Length of time that the row sums.';

-- Name: COLUMN performance_metrics.bucket_start; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.bucket_start IS 'Its first instant, in UTC.';

-- Name: COLUMN performance_metrics.views; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.views IS 'Times shown.';

-- Name: COLUMN performance_metrics.reach; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.reach IS 'Accounts that saw it, as estimated.';

-- Name: COLUMN performance_metrics.likes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.likes IS 'Likes.';

-- Name: COLUMN performance_metrics.comments; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.comments IS 'Comments.';

-- Name: COLUMN performance_metrics.shares; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.shares IS 'Shares.';

-- Name: COLUMN performance_metrics.saves; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.saves IS 'Saves.';

-- Name: COLUMN performance_metrics.follows; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.follows IS 'New followers.';

-- Name: COLUMN performance_metrics.profile_visits; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.profile_visits IS 'Visits of the profile.';

-- Name: COLUMN performance_metrics.clicks; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.clicks IS 'Clicks on links.';

-- Name: COLUMN performance_metrics.conversions; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.conversions IS 'Visitors who did what the campaign wanted.';

-- Name: COLUMN performance_metrics.revenue_minor; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.revenue_minor IS 'Worth of the conversions, in minor units of the currency.';

-- Name: COLUMN performance_metrics.currency; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.currency IS 'ISO 4217 code of the revenue.';

-- Name: COLUMN performance_metrics.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.created_at IS 'When the row was made.';

-- Name: COLUMN performance_metrics.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.performance_metrics.updated_at IS 'Last real change.';

-- Name: performance_metrics; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.performance_metrics AS
 SELECT performance_metrics.workspace_id,
    performance_metrics.id,
    performance_metrics.post_id,
    performance_metrics.campaign_id,
    performance_metrics.account_id,
    performance_metrics.link_id,
    performance_metrics.bucket,
    performance_metrics.bucket_start,
    performance_metrics.views,
    performance_metrics.reach,
    performance_metrics.likes,
    performance_metrics.comments,
    performance_metrics.shares,
    performance_metrics.saves,
    performance_metrics.follows,
    performance_metrics.profile_visits,
    performance_metrics.clicks,
    performance_metrics.conversions,
    performance_metrics.revenue_minor,
    performance_metrics.currency,
    performance_metrics.created_at,
    performance_metrics.updated_at
   FROM public.performance_metrics;

-- Name: VIEW performance_metrics; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.performance_metrics IS 'The rollups.';

-- Name: posts; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.posts (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    account_id uuid,
    campaign_id uuid,
    kind public.post_kind NOT NULL,
    caption text,
    options jsonb DEFAULT '{}'::jsonb NOT NULL,
    options_version smallint DEFAULT 1 NOT NULL,
    status public.post_status DEFAULT 'draft'::public.post_status NOT NULL,
    scheduled_at timestamp with time zone,
    scheduled_local timestamp without time zone,
    time_zone text,
    published_at timestamp with time zone,
    ig_media_id text,
    permalink text,
    archived_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    tags text[] DEFAULT '{}'::text[] NOT NULL,
    content_revision integer DEFAULT 1 NOT NULL,
    cover_media_id uuid,
    approved_revision integer,
    slot_at timestamp with time zone,
    scheduled_fold smallint,
    content_fingerprint bytea,
    CONSTRAINT posts_account_check CHECK (((status <> ALL (ARRAY['scheduled'::public.post_status, 'publishing'::public.post_status, 'unconfirmed'::public.post_status, 'published'::public.post_status])) OR (account_id IS NOT NULL))),
    CONSTRAINT posts_approved_check CHECK (((status <> 'approved'::public.post_status) OR (NOT (approved_revision IS DISTINCT FROM content_revision)))),
    CONSTRAINT posts_approved_revision_check CHECK (((approved_revision >= 1) AND (approved_revision <= content_revision))),
    CONSTRAINT posts_archived_check CHECK (((status = 'archived'::public.post_status) = (archived_at IS NOT NULL))),
    CONSTRAINT posts_caption_check CHECK ((char_length(caption) <= 2200)),
    CONSTRAINT posts_content_fingerprint_check CHECK ((octet_length(content_fingerprint) = 32)),
    CONSTRAINT posts_content_revision_check CHECK ((content_revision > 0)),
    CONSTRAINT posts_ig_media_id_check CHECK (((ig_media_id IS NULL) OR ((ig_media_id ~ '^[0-9_]{1,64}$'::text) AND (published_at IS NOT NULL)))),
    CONSTRAINT posts_options_check CHECK (((jsonb_typeof(options) = 'object'::text) AND (options_version > 0))),
    CONSTRAINT posts_permalink_check CHECK (((permalink IS NULL) OR (ig_media_id IS NOT NULL))),
    CONSTRAINT posts_published_at_check CHECK (((status = 'archived'::public.post_status) OR ((status = 'published'::public.post_status) = (published_at IS NOT NULL)))),
    CONSTRAINT posts_scheduled_at_check CHECK (
CASE
    WHEN (status = ANY (ARRAY['scheduled'::public.post_status, 'missed'::public.post_status])) THEN (scheduled_at IS NOT NULL)
    WHEN (status = ANY (ARRAY['draft'::public.post_status, 'in_review'::public.post_status, 'changes_requested'::public.post_status, 'approved'::public.post_status])) THEN (scheduled_at IS NULL)
    ELSE true
END),
    CONSTRAINT posts_scheduled_fold_check CHECK (((scheduled_fold IS NULL) OR ((scheduled_fold = ANY (ARRAY[0, 1])) AND (scheduled_local IS NOT NULL)))),
    CONSTRAINT posts_scheduled_local_check CHECK (((scheduled_local IS NULL) OR ((scheduled_at IS NOT NULL) AND (time_zone IS NOT NULL)))),
    CONSTRAINT posts_slot_at_check CHECK (((slot_at IS NULL) OR ((NOT (slot_at IS DISTINCT FROM scheduled_at)) AND (account_id IS NOT NULL) AND (status = ANY (ARRAY['scheduled'::public.post_status, 'publishing'::public.post_status, 'unconfirmed'::public.post_status]))))),
    CONSTRAINT posts_tags_check CHECK ((cardinality(tags) <= 20)),
    CONSTRAINT posts_time_zone_check CHECK (((char_length(time_zone) >= 1) AND (char_length(time_zone) <= 64))),
    CONSTRAINT posts_version_check CHECK ((version > 0))
);

-- Name: TABLE posts; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.posts IS 'Instagram posts, from draft to published.';

-- Name: COLUMN posts.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.workspace_id IS 'The owning workspace.';

-- Name: COLUMN posts.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.id IS 'The post.';

-- Name: COLUMN posts.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.user_id IS 'The author; for an API key, who made the key.';

-- Name: COLUMN posts.account_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.account_id IS 'Where it is to be published. NULL: not yet chosen.';

-- Name: COLUMN posts.campaign_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.campaign_id IS 'The campaign that it belongs to.';

-- Name: COLUMN posts.kind; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.kind IS 'Decides which media and options it may have.';

-- Name: COLUMN posts.caption; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.caption IS 'Text below the post, as it is to be published.';

-- Name: COLUMN posts.options; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.options IS 'pii: settings that only its kind knows, user names of collaborators among them. What is filtered on is a column.';

-- Name: COLUMN posts.options_version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.options_version IS 'Version of the schema of options.';

-- Name: COLUMN posts.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.status IS 'Moves only as post_status_moves allows.';

-- Name: COLUMN posts.scheduled_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.scheduled_at IS 'When it is due.';

-- Name: COLUMN posts.scheduled_local; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.scheduled_local IS 'The wall time that was asked for, where the caller gave one.';

-- Name: COLUMN posts.time_zone; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.time_zone IS 'IANA zone of scheduled_local, and of display.';

-- Name: COLUMN posts.published_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.published_at IS 'When it went live.';

-- Name: COLUMN posts.ig_media_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.ig_media_id IS 'Instagram''s id of the published post. NULL though published: it is live, but not yet found there.';

-- Name: COLUMN posts.permalink; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.permalink IS 'Its address on Instagram.';

-- Name: COLUMN posts.archived_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.archived_at IS 'When it was archived.';

-- Name: COLUMN posts.version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.version IS 'For ETags. Raised by trigger with each real change; a change of its media touches it.';

-- Name: COLUMN posts.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.created_at IS 'When it was made.';

-- Name: COLUMN posts.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.updated_at IS 'Last real change.';

-- Name: COLUMN posts.tags; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.tags IS 'Words by which the team finds it; nothing that is published.';

-- Name: COLUMN posts.content_revision; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.content_revision IS 'Raised with each change of what an approver looks at: words, options, media, account. Not by campaign or tags.';

-- Name: COLUMN posts.cover_media_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.cover_media_id IS 'The picture that a reel shows before it plays. A part of its options.';

-- Name: COLUMN posts.approved_revision; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.approved_revision IS 'The content_revision that was approved last. NULL: none.';

-- Name: COLUMN posts.slot_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.slot_at IS 'The slot of the account that the post holds; another post gets it when this one leaves it. NULL: none.';

-- Name: COLUMN posts.scheduled_fold; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.scheduled_fold IS 'Which of two, where the clocks of the zone show scheduled_local twice: 0 the first, 1 the second. NULL: the first.';

-- Name: COLUMN posts.content_fingerprint; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posts.content_fingerprint IS 'Equal in posts that say and show the same. NULL: it shows nothing yet.';

-- Name: posts; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.posts AS
 SELECT posts.workspace_id,
    posts.id,
    posts.user_id,
    posts.account_id,
    posts.campaign_id,
    posts.kind,
    char_length(posts.caption) AS caption_length,
    posts.status,
    posts.scheduled_at,
    posts.time_zone,
    posts.published_at,
    posts.archived_at,
    posts.version,
    posts.created_at,
    posts.updated_at
   FROM public.posts;

-- Name: VIEW posts; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.posts IS 'Posts without their texts.';

-- Name: user_sessions; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.user_sessions (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    workspace_id uuid,
    secret bytea DEFAULT (uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())) NOT NULL,
    generation integer DEFAULT 0 NOT NULL,
    rotated_at timestamp with time zone,
    last_seen_at timestamp with time zone DEFAULT now() NOT NULL,
    device text,
    place text,
    address_prefix cidr,
    idle_expires_at timestamp with time zone NOT NULL,
    absolute_expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_reason public.session_revocation,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    second_factor_at timestamp with time zone,
    proved_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_sessions_device_check CHECK (((char_length(device) >= 1) AND (char_length(device) <= 200))),
    CONSTRAINT user_sessions_expiry_check CHECK ((idle_expires_at <= absolute_expires_at)),
    CONSTRAINT user_sessions_generation_check CHECK ((generation >= 0)),
    CONSTRAINT user_sessions_place_check CHECK (((char_length(place) >= 1) AND (char_length(place) <= 200))),
    CONSTRAINT user_sessions_revoked_check CHECK (((revoked_at IS NULL) = (revoked_reason IS NULL))),
    CONSTRAINT user_sessions_secret_check CHECK ((octet_length(secret) = 32))
)
WITH (fillfactor='85', autovacuum_vacuum_scale_factor='0.05');

-- Name: TABLE user_sessions; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.user_sessions IS 'Logins. The refresh token is the session, a generation and a MAC under the row''s secret.';

-- Name: COLUMN user_sessions.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.id IS 'The session, as named in access tokens.';

-- Name: COLUMN user_sessions.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.user_id IS 'Who logged in.';

-- Name: COLUMN user_sessions.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.workspace_id IS 'The workspace that its latest tokens are for. NULL: the user had none.';

-- Name: COLUMN user_sessions.secret; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.secret IS 'Secret: key of the refresh token''s MAC. Made and compared inside the database, never returned.';

-- Name: COLUMN user_sessions.generation; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.generation IS 'Counts refreshes. The generation before it is tolerated for seconds, older ones revoke.';

-- Name: COLUMN user_sessions.rotated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.rotated_at IS 'When the generation was last raised.';

-- Name: COLUMN user_sessions.last_seen_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.last_seen_at IS 'When its user last acted, roughly.';

-- Name: COLUMN user_sessions.device; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.device IS 'pii: Device and browser, from the user agent.';

-- Name: COLUMN user_sessions.place; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.place IS 'pii: Coarse place of the last login or refresh.';

-- Name: COLUMN user_sessions.address_prefix; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.address_prefix IS 'pii: Network of the client, cut to /24 or /48.';

-- Name: COLUMN user_sessions.idle_expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.idle_expires_at IS 'Ends here without a refresh; each refresh moves it.';

-- Name: COLUMN user_sessions.absolute_expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.absolute_expires_at IS 'Ends here whatever happens.';

-- Name: COLUMN user_sessions.revoked_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.revoked_at IS 'When it was ended early.';

-- Name: COLUMN user_sessions.revoked_reason; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.revoked_reason IS 'Why it was ended early.';

-- Name: COLUMN user_sessions.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.created_at IS 'When the user logged in.';

-- Name: COLUMN user_sessions.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.updated_at IS 'Last real change.';

-- Name: COLUMN user_sessions.second_factor_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.second_factor_at IS 'When a second factor was last proved in it. NULL: never.';

-- Name: COLUMN user_sessions.proved_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_sessions.proved_at IS 'When its user last proved who they are in it: by signing in, or by a second factor. Factors change only soon after.';

-- Name: user_sessions; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.user_sessions AS
 SELECT user_sessions.id,
    user_sessions.user_id,
    user_sessions.workspace_id,
    user_sessions.generation,
    user_sessions.last_seen_at,
    user_sessions.idle_expires_at,
    user_sessions.absolute_expires_at,
    user_sessions.revoked_at,
    user_sessions.revoked_reason,
    user_sessions.created_at
   FROM public.user_sessions;

-- Name: VIEW user_sessions; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.user_sessions IS 'Sessions without secret, device and place.';

-- Name: users; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.users (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    email_ciphertext text,
    name_ciphertext text,
    password_hash text,
    status public.user_status DEFAULT 'active'::public.user_status NOT NULL,
    email_verified_at timestamp with time zone,
    locale text DEFAULT 'en'::text NOT NULL,
    time_zone text DEFAULT 'UTC'::text NOT NULL,
    data_key_id uuid NOT NULL,
    erased_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    pending_email_ciphertext text,
    CONSTRAINT users_ciphertext_keys_check CHECK (((split_part(email_ciphertext, '.'::text, 2) = (data_key_id)::text) AND (split_part(name_ciphertext, '.'::text, 2) = (data_key_id)::text) AND (split_part(pending_email_ciphertext, '.'::text, 2) = (data_key_id)::text))),
    CONSTRAINT users_erased_at_check CHECK (((status = 'erased'::public.user_status) = (erased_at IS NOT NULL))),
    CONSTRAINT users_erased_check CHECK (
CASE
    WHEN (status = 'erased'::public.user_status) THEN (num_nonnulls(email_ciphertext, name_ciphertext, password_hash, email_verified_at) = 0)
    ELSE (num_nulls(email_ciphertext, name_ciphertext, password_hash) = 0)
END),
    CONSTRAINT users_locale_check CHECK (((char_length(locale) >= 2) AND (char_length(locale) <= 35))),
    CONSTRAINT users_pending_email_check CHECK (((status <> 'erased'::public.user_status) OR (pending_email_ciphertext IS NULL))),
    CONSTRAINT users_time_zone_check CHECK (((char_length(time_zone) >= 1) AND (char_length(time_zone) <= 64))),
    CONSTRAINT users_version_check CHECK ((version > 0))
);

-- Name: TABLE users; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.users IS 'People who can log in. Never deleted: an erased one keeps its id, so that what it made stays whole.';

-- Name: COLUMN users.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.id IS 'Version 7, made by the application: ciphertexts are bound to it.';

-- Name: COLUMN users.email_ciphertext; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.email_ciphertext IS 'pii: E-mail address, encrypted with the user''s data key. NULL once erased.';

-- Name: COLUMN users.name_ciphertext; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.name_ciphertext IS 'pii: Name as the user wrote it, encrypted with the user''s data key. NULL once erased.';

-- Name: COLUMN users.password_hash; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.password_hash IS 'pii: scrypt hash in PHC form, with the version of its pepper. NULL once erased.';

-- Name: COLUMN users.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.status IS 'A suspended user cannot log in. An erased one is nobody.';

-- Name: COLUMN users.email_verified_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.email_verified_at IS 'When the current address was proved. NULL: not yet.';

-- Name: COLUMN users.locale; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.locale IS 'pii: BCP 47 tag for messages.';

-- Name: COLUMN users.time_zone; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.time_zone IS 'pii: IANA zone in which the user plans.';

-- Name: COLUMN users.data_key_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.data_key_id IS 'Key of this user''s ciphertexts. Destroying it makes them unreadable.';

-- Name: COLUMN users.erased_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.erased_at IS 'When the person was erased.';

-- Name: COLUMN users.version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.version IS 'For ETags. Raised by trigger with each real change.';

-- Name: COLUMN users.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.created_at IS 'When the user registered.';

-- Name: COLUMN users.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.updated_at IS 'Last real change.';

-- Name: COLUMN users.pending_email_ciphertext; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.users.pending_email_ciphertext IS 'pii: The address that a change of address asks for, encrypted; until it is proved. NULL: none.';

-- Name: users; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.users AS
 SELECT users.id,
    users.status,
    (users.email_verified_at IS NOT NULL) AS email_verified,
    users.version,
    users.created_at,
    users.updated_at
   FROM public.users;

-- Name: VIEW users; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.users IS 'Users without address, name, password and preferences.';

-- Name: workspace_members; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.workspace_members (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    role public.workspace_role NOT NULL,
    version integer DEFAULT 1 NOT NULL,
    joined_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workspace_members_version_check CHECK ((version > 0))
);

-- Name: TABLE workspace_members; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.workspace_members IS 'Which user may act in which workspace, and as what. A row is a membership; leaving deletes it.';

-- Name: COLUMN workspace_members.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_members.workspace_id IS 'The workspace.';

-- Name: COLUMN workspace_members.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_members.user_id IS 'The member.';

-- Name: COLUMN workspace_members.role; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_members.role IS 'What the member may do there.';

-- Name: COLUMN workspace_members.version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_members.version IS 'For ETags. Raised by trigger with each real change.';

-- Name: COLUMN workspace_members.joined_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_members.joined_at IS 'When the membership began.';

-- Name: COLUMN workspace_members.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_members.updated_at IS 'Last real change.';

-- Name: workspace_members; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.workspace_members AS
 SELECT workspace_members.workspace_id,
    workspace_members.user_id,
    workspace_members.role,
    workspace_members.version,
    workspace_members.joined_at,
    workspace_members.updated_at
   FROM public.workspace_members;

-- Name: VIEW workspace_members; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.workspace_members IS 'Memberships.';

-- Name: workspaces; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.workspaces (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    name text NOT NULL,
    plan public.workspace_plan DEFAULT 'free'::public.workspace_plan NOT NULL,
    status public.workspace_status DEFAULT 'active'::public.workspace_status NOT NULL,
    created_by uuid NOT NULL,
    closing_at timestamp with time zone,
    closed_at timestamp with time zone,
    version integer DEFAULT 1 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    requires_second_factor boolean DEFAULT false NOT NULL,
    approval_policy public.approval_policy DEFAULT 'off'::public.approval_policy NOT NULL,
    CONSTRAINT workspaces_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT workspaces_status_check CHECK (
CASE status
    WHEN 'active'::public.workspace_status THEN (num_nonnulls(closing_at, closed_at) = 0)
    WHEN 'closing'::public.workspace_status THEN ((closing_at IS NOT NULL) AND (closed_at IS NULL))
    ELSE (closed_at IS NOT NULL)
END),
    CONSTRAINT workspaces_version_check CHECK ((version > 0))
);

-- Name: TABLE workspaces; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.workspaces IS 'Tenants. Everything a team has belongs to exactly one.';

-- Name: COLUMN workspaces.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.id IS 'The tenant: every tenant table carries it as workspace_id.';

-- Name: COLUMN workspaces.name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.name IS 'As the team calls it; closing for good replaces it by a word that is the same for all. Never made from the name of a person: it is audited as it is.';

-- Name: COLUMN workspaces.plan; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.plan IS 'Sets limits and quotas.';

-- Name: COLUMN workspaces.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.status IS 'In closing it can still be saved; closed is for good.';

-- Name: COLUMN workspaces.created_by; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.created_by IS 'The user who made it, and was its first owner.';

-- Name: COLUMN workspaces.closing_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.closing_at IS 'When its deletion was asked for. Thirty days of grace begin here.';

-- Name: COLUMN workspaces.closed_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.closed_at IS 'When it was closed.';

-- Name: COLUMN workspaces.version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.version IS 'For ETags. Raised by trigger with each real change.';

-- Name: COLUMN workspaces.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.created_at IS 'When it was made.';

-- Name: COLUMN workspaces.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.updated_at IS 'Last real change.';

-- Name: COLUMN workspaces.requires_second_factor; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.requires_second_factor IS 'Members reach it only in sessions that have proved a second factor.';

-- Name: COLUMN workspaces.approval_policy; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspaces.approval_policy IS 'Who approves a post before it is scheduled or published: nobody, one member who may, or all of workspace_approvers.';

-- Name: workspaces; Type: VIEW; Schema: masked; Owner: -

CREATE VIEW masked.workspaces AS
 SELECT workspaces.id,
    workspaces.plan,
    workspaces.status,
    workspaces.created_by,
    workspaces.closing_at,
    workspaces.closed_at,
    workspaces.version,
    workspaces.created_at,
    workspaces.updated_at
   FROM public.workspaces;

-- Name: VIEW workspaces; Type: COMMENT; Schema: masked; Owner: -

COMMENT ON VIEW masked.workspaces IS 'Workspaces without their names.';

-- Name: analytics_events; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.analytics_events (
    id bigint NOT NULL,
    workspace_id uuid NOT NULL,
    event_id text NOT NULL,
    type text NOT NULL,
    occurred_at timestamp with time zone NOT NULL,
    post_id uuid,
    campaign_id uuid,
    account_id uuid,
    link_id uuid,
    visitor_id text,
    value_minor bigint,
    currency character(3),
    properties jsonb DEFAULT '{}'::jsonb NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    received_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT analytics_events_event_id_check CHECK (((char_length(event_id) >= 1) AND (char_length(event_id) <= 100))),
    CONSTRAINT analytics_events_properties_check CHECK ((jsonb_typeof(properties) = 'object'::text)),
    CONSTRAINT analytics_events_type_check CHECK ((type ~ '^[a-z][a-z0-9_.]{0,63}$'::text)),
    CONSTRAINT analytics_events_value_check CHECK (((currency ~ '^[A-Z]{3}$'::text) AND ((value_minor IS NULL) OR (currency IS NOT NULL)))),
    CONSTRAINT analytics_events_visitor_id_check CHECK (((char_length(visitor_id) >= 1) AND (char_length(visitor_id) <= 100)))
)
PARTITION BY RANGE (occurred_at);

-- Name: TABLE analytics_events; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.analytics_events IS 'Engagement as reported. Append-only, kept by month of UTC; no references: the ingesting statement checks them.';

-- Name: COLUMN analytics_events.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.id IS 'Order of arrival; rollups read on from the last one.';

-- Name: COLUMN analytics_events.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.workspace_id IS 'The owning workspace.';

-- Name: COLUMN analytics_events.event_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.event_id IS 'The sender''s id. The same id and instant again is a duplicate.';

-- Name: COLUMN analytics_events.type; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.type IS 'What happened, in the sender''s words.';

-- Name: COLUMN analytics_events.occurred_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.occurred_at IS 'When it happened, as the sender says.';

-- Name: COLUMN analytics_events.post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.post_id IS 'The post that it happened to.';

-- Name: COLUMN analytics_events.campaign_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.campaign_id IS 'The campaign that it counts for.';

-- Name: COLUMN analytics_events.account_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.account_id IS 'The account that it happened to.';

-- Name: COLUMN analytics_events.link_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.link_id IS 'The link that it came by.';

-- Name: COLUMN analytics_events.visitor_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.visitor_id IS 'pii: Pseudonym of the visitor, made by the sender.';

-- Name: COLUMN analytics_events.value_minor; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.value_minor IS 'What it was worth, in minor units of the currency.';

-- Name: COLUMN analytics_events.currency; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.currency IS 'ISO 4217 code of the value.';

-- Name: COLUMN analytics_events.properties; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.properties IS 'What else the sender said.';

-- Name: COLUMN analytics_events.transaction_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.transaction_id IS 'Rollups read below the oldest transaction still running, since commits are out of order.';

-- Name: COLUMN analytics_events.received_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.analytics_events.received_at IS 'When it arrived.';

-- Name: audit_logs; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.audit_logs (
    id bigint NOT NULL,
    table_name text NOT NULL,
    operation public.audit_operation NOT NULL,
    row_id text NOT NULL,
    workspace_id uuid,
    user_id uuid,
    actor_kind public.actor_kind NOT NULL,
    actor_id text,
    session_id uuid,
    request_id text,
    address cidr,
    database_role text DEFAULT SESSION_USER NOT NULL,
    transaction_id xid8 DEFAULT pg_current_xact_id() NOT NULL,
    old_values jsonb,
    new_values jsonb,
    "timestamp" timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT audit_logs_role_check CHECK (((database_role <> 'api'::text) OR (actor_kind = ANY (ARRAY['user'::public.actor_kind, 'api_key'::public.actor_kind, 'webhook'::public.actor_kind, 'anonymous'::public.actor_kind])))),
    CONSTRAINT audit_logs_values_check CHECK ((
CASE operation
    WHEN 'INSERT'::public.audit_operation THEN ((old_values IS NULL) AND (COALESCE(jsonb_typeof(new_values), ''::text) = 'object'::text))
    WHEN 'DELETE'::public.audit_operation THEN ((new_values IS NULL) AND (COALESCE(jsonb_typeof(old_values), ''::text) = 'object'::text))
    ELSE ((COALESCE(jsonb_typeof(old_values), ''::text) = 'object'::text) AND (COALESCE(jsonb_typeof(new_values), ''::text) = 'object'::text) AND (old_values <> '{}'::jsonb) AND (new_values <> '{}'::jsonb))
END AND ((actor_kind <> 'user'::public.actor_kind) OR (user_id IS NOT NULL))))
)
PARTITION BY RANGE ("timestamp");

-- Name: TABLE audit_logs; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.audit_logs IS 'Who changed which row and how. Append-only, written by audit_row_change() alone; kept by month of UTC.';

-- Name: COLUMN audit_logs.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.id IS 'Order of writing. Gaps are normal: a number is taken before its transaction commits.';

-- Name: COLUMN audit_logs.table_name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.table_name IS 'The changed table.';

-- Name: COLUMN audit_logs.operation; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.operation IS 'What happened to the row.';

-- Name: COLUMN audit_logs.row_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.row_id IS 'Primary key of the row without its workspace; several columns are joined by a slash.';

-- Name: COLUMN audit_logs.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.workspace_id IS 'The workspace that owns the row, else the one the actor was in. NULL: neither.';

-- Name: COLUMN audit_logs.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.user_id IS 'The person behind the actor. No reference, since the trail outlives what it names.';

-- Name: COLUMN audit_logs.actor_kind; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.actor_kind IS 'What kind of credential acted.';

-- Name: COLUMN audit_logs.actor_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.actor_id IS 'Which one: user, API key, name of the job or source of the webhook.';

-- Name: COLUMN audit_logs.session_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.session_id IS 'The session of a user actor.';

-- Name: COLUMN audit_logs.request_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.request_id IS 'The request that the actor came with: X-Request-Id of its answer.';

-- Name: COLUMN audit_logs.address; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.address IS 'pii: Network of the client, cut to /24 or /48.';

-- Name: COLUMN audit_logs.database_role; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.database_role IS 'Who was logged in to the database: api, jobs, or somebody at a console.';

-- Name: COLUMN audit_logs.transaction_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.transaction_id IS 'Rows of one transaction share it; sealing reads below the oldest one still running.';

-- Name: COLUMN audit_logs.old_values; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.old_values IS 'Before, by column name: the changed ones of an UPDATE, all of a DELETE. Personal data reads [redacted].';

-- Name: COLUMN audit_logs.new_values; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs.new_values IS 'After, by column name: the changed ones of an UPDATE, all of an INSERT. Personal data reads [redacted].';

-- Name: COLUMN audit_logs."timestamp"; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.audit_logs."timestamp" IS 'When the row was written, by the clock of the database.';

-- Name: account_tokens; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.account_tokens (
    user_id uuid NOT NULL,
    purpose public.account_token_purpose NOT NULL,
    digest bytea NOT NULL,
    outbox_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT account_tokens_digest_check CHECK ((octet_length(digest) = 32))
);

-- Name: TABLE account_tokens; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.account_tokens IS 'Single-use tokens sent by mail. One per user and purpose: a newer one ends the older; using it deletes it.';

-- Name: COLUMN account_tokens.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account_tokens.user_id IS 'Whose account it opens.';

-- Name: COLUMN account_tokens.purpose; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account_tokens.purpose IS 'What it is good for.';

-- Name: COLUMN account_tokens.digest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account_tokens.digest IS 'Secret: SHA-256 of the token, which only the mail holds.';

-- Name: COLUMN account_tokens.outbox_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account_tokens.outbox_id IS 'The mail that it was made for.';

-- Name: COLUMN account_tokens.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account_tokens.expires_at IS 'No longer good after this.';

-- Name: COLUMN account_tokens.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.account_tokens.created_at IS 'When the first token of this purpose was made.';

-- Name: analytics_events_id_seq; Type: SEQUENCE; Schema: public; Owner: -

ALTER TABLE public.analytics_events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.analytics_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: api_key_accounts; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.api_key_accounts (
    workspace_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    account_id uuid NOT NULL
);

-- Name: TABLE api_key_accounts; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.api_key_accounts IS 'The Instagram accounts that a limited key may touch.';

-- Name: COLUMN api_key_accounts.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_key_accounts.workspace_id IS 'The workspace.';

-- Name: COLUMN api_key_accounts.api_key_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_key_accounts.api_key_id IS 'The key.';

-- Name: COLUMN api_key_accounts.account_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_key_accounts.account_id IS 'An account that it may touch.';

-- Name: api_key_digests; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.api_key_digests (
    digest bytea NOT NULL,
    workspace_id uuid NOT NULL,
    api_key_id uuid NOT NULL,
    expires_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT api_key_digests_digest_check CHECK ((octet_length(digest) = 32))
);

-- Name: TABLE api_key_digests; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.api_key_digests IS 'Which key a presented secret is, over all workspaces. Two rows while a rotation overlaps.';

-- Name: COLUMN api_key_digests.digest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_key_digests.digest IS 'Secret: SHA-256 of the key.';

-- Name: COLUMN api_key_digests.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_key_digests.workspace_id IS 'Workspace of the key.';

-- Name: COLUMN api_key_digests.api_key_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_key_digests.api_key_id IS 'The key.';

-- Name: COLUMN api_key_digests.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_key_digests.expires_at IS 'When a secret that was rotated away ends. NULL: the current one.';

-- Name: COLUMN api_key_digests.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.api_key_digests.created_at IS 'When the secret was made.';

-- Name: audit_logs_id_seq; Type: SEQUENCE; Schema: public; Owner: -

ALTER TABLE public.audit_logs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.audit_logs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

-- Name: auth_challenges; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.auth_challenges (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    purpose public.auth_challenge_purpose NOT NULL,
    user_id uuid NOT NULL,
    session_id uuid,
    workspace_id uuid,
    digest bytea NOT NULL,
    password_fingerprint text,
    attempts integer DEFAULT 0 NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT auth_challenges_attempts_check CHECK (((attempts >= 0) AND (attempts <= 100))),
    CONSTRAINT auth_challenges_digest_check CHECK ((octet_length(digest) = 32)),
    CONSTRAINT auth_challenges_fingerprint_check CHECK (((purpose = 'second_factor'::public.auth_challenge_purpose) = (password_fingerprint IS NOT NULL))),
    CONSTRAINT auth_challenges_session_check CHECK (((purpose = 'passkey_registration'::public.auth_challenge_purpose) = (session_id IS NOT NULL)))
);

-- Name: TABLE auth_challenges; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.auth_challenges IS 'Questions that wait for an answer: the second step of a login, the registration of a passkey. Minutes old at most.';

-- Name: COLUMN auth_challenges.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.id IS 'Made by the application.';

-- Name: COLUMN auth_challenges.purpose; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.purpose IS 'What the answer will do.';

-- Name: COLUMN auth_challenges.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.user_id IS 'Who is to answer.';

-- Name: COLUMN auth_challenges.session_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.session_id IS 'The session that registers a passkey.';

-- Name: COLUMN auth_challenges.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.workspace_id IS 'The workspace that the login asked for; not checked yet.';

-- Name: COLUMN auth_challenges.digest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.digest IS 'Secret: SHA-256 of what the caller holds.';

-- Name: COLUMN auth_challenges.password_fingerprint; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.password_fingerprint IS 'Secret: of the password''s hash when it was asked; after a change of password the answer comes too late.';

-- Name: COLUMN auth_challenges.attempts; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.attempts IS 'Wrong answers so far.';

-- Name: COLUMN auth_challenges.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.expires_at IS 'No longer good after this.';

-- Name: COLUMN auth_challenges.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_challenges.created_at IS 'When it was asked.';

-- Name: auth_throttles; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.auth_throttles (
    subject bytea NOT NULL,
    attempts integer NOT NULL,
    blocked_until timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    CONSTRAINT auth_throttles_attempts_check CHECK ((attempts > 0)),
    CONSTRAINT auth_throttles_subject_check CHECK ((octet_length(subject) = 32))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.02');

-- Name: TABLE auth_throttles; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.auth_throttles IS 'Attempts to sign in, for the time when Redis, which usually counts them, does not answer; mails per address.';

-- Name: COLUMN auth_throttles.subject; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_throttles.subject IS 'Keyed hash of what is counted: the act, an account or an address, and the day where it is counted by day.';

-- Name: COLUMN auth_throttles.attempts; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_throttles.attempts IS 'Attempts since the last success or the last quiet hour; mails of the day.';

-- Name: COLUMN auth_throttles.blocked_until; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_throttles.blocked_until IS 'The next attempt is refused before this.';

-- Name: COLUMN auth_throttles.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.auth_throttles.expires_at IS 'Forgotten after this.';

-- Name: campaign_spend; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.campaign_spend (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    campaign_id uuid NOT NULL,
    user_id uuid NOT NULL,
    amount_minor bigint NOT NULL,
    currency character(3) NOT NULL,
    spent_on date NOT NULL,
    note text,
    corrects_id uuid,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT campaign_spend_amount_check CHECK (((amount_minor >= '-9007199254740991'::bigint) AND (amount_minor <= '9007199254740991'::bigint))),
    CONSTRAINT campaign_spend_corrects_check CHECK ((corrects_id <> id)),
    CONSTRAINT campaign_spend_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT campaign_spend_note_check CHECK (((char_length(note) >= 1) AND (char_length(note) <= 500))),
    CONSTRAINT campaign_spend_sign_check CHECK (((amount_minor > 0) OR ((amount_minor < 0) AND (corrects_id IS NOT NULL))))
);

-- Name: TABLE campaign_spend; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.campaign_spend IS 'What was spent on a campaign. Entries stay as they are written; a mistake is put right by an entry that names it.';

-- Name: COLUMN campaign_spend.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.workspace_id IS 'The owning workspace.';

-- Name: COLUMN campaign_spend.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.id IS 'The entry.';

-- Name: COLUMN campaign_spend.campaign_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.campaign_id IS 'What it was spent on.';

-- Name: COLUMN campaign_spend.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.user_id IS 'Who entered it; for an API key, who made the key.';

-- Name: COLUMN campaign_spend.amount_minor; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.amount_minor IS 'In minor units of the currency; below zero in corrections alone.';

-- Name: COLUMN campaign_spend.currency; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.currency IS 'ISO 4217 code of the amount, whatever the currency of the budget is.';

-- Name: COLUMN campaign_spend.spent_on; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.spent_on IS 'The day that it counts for.';

-- Name: COLUMN campaign_spend.note; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.note IS 'As the team wrote it.';

-- Name: COLUMN campaign_spend.corrects_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.corrects_id IS 'The entry that this one corrects.';

-- Name: COLUMN campaign_spend.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.campaign_spend.created_at IS 'When it was entered.';

-- Name: common_passwords; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.common_passwords (
    digest bytea NOT NULL,
    CONSTRAINT common_passwords_digest_check CHECK ((octet_length(digest) = 16))
);

-- Name: TABLE common_passwords; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.common_passwords IS 'Passwords that everybody tries first; loaded by script, refused for accounts.';

-- Name: COLUMN common_passwords.digest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.common_passwords.digest IS 'First 16 bytes of SHA-256 of the password in NFKC and lower case.';

-- Name: data_exports; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.data_exports (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    status public.data_export_status DEFAULT 'pending'::public.data_export_status NOT NULL,
    object_key text,
    bytes bigint,
    sha256 bytea,
    expires_at timestamp with time zone,
    finished_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT data_exports_bytes_check CHECK ((bytes > 0)),
    CONSTRAINT data_exports_finished_check CHECK (((status = 'pending'::public.data_export_status) = (finished_at IS NULL))),
    CONSTRAINT data_exports_object_key_check CHECK (((char_length(object_key) >= 1) AND (char_length(object_key) <= 200))),
    CONSTRAINT data_exports_ready_check CHECK (((status <> 'ready'::public.data_export_status) OR (num_nulls(object_key, bytes, sha256, expires_at, finished_at) = 0))),
    CONSTRAINT data_exports_sha256_check CHECK ((octet_length(sha256) = 32))
);

-- Name: TABLE data_exports; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.data_exports IS 'Archives of everything about a person, made at the person''s wish.';

-- Name: COLUMN data_exports.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.id IS 'Made by the application.';

-- Name: COLUMN data_exports.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.user_id IS 'Whose data it holds.';

-- Name: COLUMN data_exports.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.status IS 'Ready until it expires, and then its object is deleted.';

-- Name: COLUMN data_exports.object_key; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.object_key IS 'Where the archive lies in the object store.';

-- Name: COLUMN data_exports.bytes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.bytes IS 'Size of the archive.';

-- Name: COLUMN data_exports.sha256; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.sha256 IS 'SHA-256 of the archive.';

-- Name: COLUMN data_exports.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.expires_at IS 'No longer to be had after this.';

-- Name: COLUMN data_exports.finished_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.finished_at IS 'When it was made, or given up.';

-- Name: COLUMN data_exports.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.created_at IS 'When it was asked for.';

-- Name: COLUMN data_exports.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.data_exports.updated_at IS 'Last real change.';

-- Name: encryption_keys; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.encryption_keys (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    purpose public.encryption_key_purpose NOT NULL,
    key_version integer NOT NULL,
    user_id uuid,
    workspace_id uuid,
    kek_version integer NOT NULL,
    wrapped_key text,
    public_jwk jsonb,
    status public.encryption_key_status DEFAULT 'active'::public.encryption_key_status NOT NULL,
    not_before timestamp with time zone DEFAULT now() NOT NULL,
    retired_at timestamp with time zone,
    destroyed_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT encryption_keys_destroyed_at_check CHECK (((destroyed_at IS NOT NULL) = (status = 'destroyed'::public.encryption_key_status))),
    CONSTRAINT encryption_keys_owner_check CHECK ((((purpose = 'user_data'::public.encryption_key_purpose) = (user_id IS NOT NULL)) AND ((purpose = 'workspace_data'::public.encryption_key_purpose) = (workspace_id IS NOT NULL)))),
    CONSTRAINT encryption_keys_public_jwk_check CHECK ((((purpose = 'signing'::public.encryption_key_purpose) = (public_jwk IS NOT NULL)) AND (COALESCE(jsonb_typeof(public_jwk), 'object'::text) = 'object'::text))),
    CONSTRAINT encryption_keys_retired_at_check CHECK (
CASE status
    WHEN 'retired'::public.encryption_key_status THEN (retired_at IS NOT NULL)
    WHEN 'destroyed'::public.encryption_key_status THEN true
    ELSE (retired_at IS NULL)
END),
    CONSTRAINT encryption_keys_versions_check CHECK (((key_version > 0) AND (kek_version > 0))),
    CONSTRAINT encryption_keys_wrapped_key_check CHECK (((wrapped_key IS NULL) = (status = 'destroyed'::public.encryption_key_status)))
);

-- Name: TABLE encryption_keys; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.encryption_keys IS 'Keys that encrypt, sign and index, each wrapped by a key-encryption key held outside the database.';

-- Name: COLUMN encryption_keys.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.id IS 'Named in each ciphertext that the key made. For signing keys the kid is in public_jwk.';

-- Name: COLUMN encryption_keys.purpose; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.purpose IS 'What the key is for; decides whether a user, a workspace or nobody owns it.';

-- Name: COLUMN encryption_keys.key_version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.key_version IS 'Counts per owner, or per purpose where nobody owns it.';

-- Name: COLUMN encryption_keys.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.user_id IS 'Owner of a user_data key.';

-- Name: COLUMN encryption_keys.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.workspace_id IS 'Owner of a workspace_data key.';

-- Name: COLUMN encryption_keys.kek_version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.kek_version IS 'Version of the key-encryption key that wraps it.';

-- Name: COLUMN encryption_keys.wrapped_key; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.wrapped_key IS 'Secret: the wrapped key. NULL once destroyed, and then what it encrypted is gone.';

-- Name: COLUMN encryption_keys.public_jwk; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.public_jwk IS 'Public half of a signing key, as published in the key set.';

-- Name: COLUMN encryption_keys.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.status IS 'Active makes new values, retiring and retired only read old ones, destroyed does neither. Retired keys of the whole system do not even read.';

-- Name: COLUMN encryption_keys.not_before; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.not_before IS 'First use. A signing key is published before it, a blind index key known. Of a later data key: the beginning of the rotation that made it, by which one that was interrupted goes on.';

-- Name: COLUMN encryption_keys.retired_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.retired_at IS 'When the last value that it made was replaced.';

-- Name: COLUMN encryption_keys.destroyed_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.destroyed_at IS 'When wrapped_key was wiped.';

-- Name: COLUMN encryption_keys.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.created_at IS 'When it was made.';

-- Name: COLUMN encryption_keys.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.encryption_keys.updated_at IS 'Last real change.';

-- Name: erasure_requests; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.erasure_requests (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    receipt_digest bytea NOT NULL,
    requested_at timestamp with time zone NOT NULL,
    erased_at timestamp with time zone,
    recorded_at timestamp with time zone,
    backups_expire_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT erasure_requests_receipt_check CHECK ((octet_length(receipt_digest) = 32))
);

-- Name: TABLE erasure_requests; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.erasure_requests IS 'People who were erased at their wish. The same list lies in the object store, and a restored database replays it.';

-- Name: COLUMN erasure_requests.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.erasure_requests.id IS 'Made by the application.';

-- Name: COLUMN erasure_requests.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.erasure_requests.user_id IS 'Who was erased.';

-- Name: COLUMN erasure_requests.receipt_digest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.erasure_requests.receipt_digest IS 'Secret: SHA-256 of the receipt, which the person holds.';

-- Name: COLUMN erasure_requests.requested_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.erasure_requests.requested_at IS 'When the person asked.';

-- Name: COLUMN erasure_requests.erased_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.erasure_requests.erased_at IS 'When the live database had forgotten the person.';

-- Name: COLUMN erasure_requests.recorded_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.erasure_requests.recorded_at IS 'When the list outside the database said so.';

-- Name: COLUMN erasure_requests.backups_expire_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.erasure_requests.backups_expire_at IS 'When the last backup that knew the person is gone.';

-- Name: COLUMN erasure_requests.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.erasure_requests.created_at IS 'When the row was made.';

-- Name: idempotency_keys; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.idempotency_keys (
    workspace_id uuid,
    principal_id text NOT NULL,
    key text NOT NULL,
    route text NOT NULL,
    fingerprint text NOT NULL,
    status smallint,
    response jsonb,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone DEFAULT (now() + '24:00:00'::interval) NOT NULL,
    leased_until timestamp with time zone,
    fence bigint DEFAULT 0 NOT NULL,
    CONSTRAINT idempotency_keys_fingerprint_check CHECK ((fingerprint ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT idempotency_keys_key_check CHECK (((char_length(key) >= 1) AND (char_length(key) <= 255))),
    CONSTRAINT idempotency_keys_lease_check CHECK (((status IS NULL) = (leased_until IS NOT NULL))),
    CONSTRAINT idempotency_keys_life_check CHECK ((isfinite(created_at) AND (expires_at <= (created_at + '24:00:00'::interval)))),
    CONSTRAINT idempotency_keys_status_check CHECK (((status >= 200) AND (status <= 299)))
)
WITH (autovacuum_vacuum_scale_factor='0.05');

-- Name: TABLE idempotency_keys; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.idempotency_keys IS 'What a POST with an Idempotency-Key did, so that the same one again gets the same answer.';

-- Name: COLUMN idempotency_keys.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.workspace_id IS 'The workspace that the request worked in. NULL: it concerned its sender alone.';

-- Name: COLUMN idempotency_keys.principal_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.principal_id IS 'The user or API key that sent it; keys of different senders do not meet.';

-- Name: COLUMN idempotency_keys.key; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.key IS 'As sent.';

-- Name: COLUMN idempotency_keys.route; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.route IS 'Method and route template.';

-- Name: COLUMN idempotency_keys.fingerprint; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.fingerprint IS 'HMAC-SHA-256 in hex of method, path and the bytes of the body. The same key with another one is refused.';

-- Name: COLUMN idempotency_keys.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.status IS 'HTTP status of the answer. NULL: the effect is under way.';

-- Name: COLUMN idempotency_keys.response; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.response IS 'pii: The returned row, rendered again by the same code.';

-- Name: COLUMN idempotency_keys.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.created_at IS 'When it was first answered.';

-- Name: COLUMN idempotency_keys.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.expires_at IS 'When it is forgotten.';

-- Name: COLUMN idempotency_keys.leased_until; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.leased_until IS 'While the effect is under way: who began it has until then, by the clock of the database.';

-- Name: COLUMN idempotency_keys.fence; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.idempotency_keys.fence IS 'Fencing token: raised by each who takes the effect over.';

-- Name: instagram_rate_limits; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.instagram_rate_limits (
    workspace_id uuid NOT NULL,
    account_id uuid NOT NULL,
    kind public.instagram_limit_kind NOT NULL,
    window_seconds integer DEFAULT 86400 NOT NULL,
    calls_percent smallint,
    time_percent smallint,
    cpu_time_percent smallint,
    quota_total integer,
    quota_used integer,
    reserved integer DEFAULT 0 NOT NULL,
    blocked_until timestamp with time zone,
    read_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT instagram_rate_limits_counts_check CHECK (((calls_percent >= 0) AND (time_percent >= 0) AND (cpu_time_percent >= 0) AND (quota_total >= 0) AND (quota_used >= 0) AND (reserved >= 0))),
    CONSTRAINT instagram_rate_limits_kind_check CHECK (
CASE kind
    WHEN 'calls'::public.instagram_limit_kind THEN ((num_nonnulls(quota_total, quota_used) = 0) AND (reserved = 0))
    ELSE (num_nonnulls(calls_percent, time_percent, cpu_time_percent) = 0)
END),
    CONSTRAINT instagram_rate_limits_window_check CHECK ((window_seconds > 0))
)
WITH (fillfactor='70', autovacuum_vacuum_scale_factor='0.05');

-- Name: TABLE instagram_rate_limits; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.instagram_rate_limits IS 'What Meta still allows an account, as its answers told, and what is reserved of it.';

-- Name: COLUMN instagram_rate_limits.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.workspace_id IS 'The owning workspace.';

-- Name: COLUMN instagram_rate_limits.account_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.account_id IS 'The account.';

-- Name: COLUMN instagram_rate_limits.kind; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.kind IS 'Calls are limited in percent of a hidden number, publishing in posts.';

-- Name: COLUMN instagram_rate_limits.window_seconds; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.window_seconds IS 'Length of the moving window.';

-- Name: COLUMN instagram_rate_limits.calls_percent; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.calls_percent IS 'Share of allowed calls used, from the usage header.';

-- Name: COLUMN instagram_rate_limits.time_percent; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.time_percent IS 'Share of allowed total time used, from the usage header.';

-- Name: COLUMN instagram_rate_limits.cpu_time_percent; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.cpu_time_percent IS 'Share of allowed CPU time used, from the usage header.';

-- Name: COLUMN instagram_rate_limits.quota_total; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.quota_total IS 'Posts allowed in the window, as read from Meta: its documents contradict each other.';

-- Name: COLUMN instagram_rate_limits.quota_used; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.quota_used IS 'Posts published in the window, as read from Meta.';

-- Name: COLUMN instagram_rate_limits.reserved; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.reserved IS 'Posts about to be published and not yet in quota_used.';

-- Name: COLUMN instagram_rate_limits.blocked_until; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.blocked_until IS 'No call before this instant.';

-- Name: COLUMN instagram_rate_limits.read_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.read_at IS 'When Meta last told.';

-- Name: COLUMN instagram_rate_limits.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.created_at IS 'When the row was made.';

-- Name: COLUMN instagram_rate_limits.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_rate_limits.updated_at IS 'Last real change.';

-- Name: instagram_tokens; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.instagram_tokens (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    account_id uuid NOT NULL,
    token_ciphertext text,
    scopes text[] DEFAULT '{}'::text[] NOT NULL,
    status public.instagram_token_status DEFAULT 'current'::public.instagram_token_status NOT NULL,
    issued_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    refreshed_at timestamp with time zone,
    refresh_failures integer DEFAULT 0 NOT NULL,
    refresh_failed_at timestamp with time zone,
    refresh_error text,
    ended_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT instagram_tokens_ended_check CHECK ((((status = 'current'::public.instagram_token_status) = (token_ciphertext IS NOT NULL)) AND ((status = 'current'::public.instagram_token_status) = (ended_at IS NULL)))),
    CONSTRAINT instagram_tokens_expiry_check CHECK ((expires_at > issued_at)),
    CONSTRAINT instagram_tokens_refresh_failures_check CHECK (((refresh_failures >= 0) AND ((refresh_failures = 0) OR (refresh_failed_at IS NOT NULL))))
);

-- Name: TABLE instagram_tokens; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.instagram_tokens IS 'Long-lived access tokens. The current one is readable; the ciphertext of the others is wiped.';

-- Name: COLUMN instagram_tokens.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.workspace_id IS 'The owning workspace.';

-- Name: COLUMN instagram_tokens.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.id IS 'Bound into the ciphertext.';

-- Name: COLUMN instagram_tokens.account_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.account_id IS 'The account that it acts for.';

-- Name: COLUMN instagram_tokens.token_ciphertext; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.token_ciphertext IS 'Secret: the token, encrypted with the workspace''s data key. NULL unless current.';

-- Name: COLUMN instagram_tokens.scopes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.scopes IS 'What the person granted, as Meta names it.';

-- Name: COLUMN instagram_tokens.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.status IS 'One token of an account is current.';

-- Name: COLUMN instagram_tokens.issued_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.issued_at IS 'When Meta issued or last refreshed it. It can be refreshed after 24 hours.';

-- Name: COLUMN instagram_tokens.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.expires_at IS 'When it dies. After that only the person can reconnect.';

-- Name: COLUMN instagram_tokens.refreshed_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.refreshed_at IS 'Last refresh that worked.';

-- Name: COLUMN instagram_tokens.refresh_failures; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.refresh_failures IS 'Failed tries since then.';

-- Name: COLUMN instagram_tokens.refresh_failed_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.refresh_failed_at IS 'Last try that failed.';

-- Name: COLUMN instagram_tokens.refresh_error; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.refresh_error IS 'Code of that failure, never Meta''s text.';

-- Name: COLUMN instagram_tokens.ended_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.ended_at IS 'When it stopped being the current one.';

-- Name: COLUMN instagram_tokens.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.created_at IS 'When the row was made.';

-- Name: COLUMN instagram_tokens.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.instagram_tokens.updated_at IS 'Last real change.';

-- Name: media_objects; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.media_objects (
    workspace_id uuid NOT NULL,
    sha256 bytea NOT NULL,
    bytes bigint NOT NULL,
    content_type text NOT NULL,
    object_key text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    upload_id uuid,
    missing_since timestamp with time zone,
    CONSTRAINT media_objects_bytes_check CHECK ((bytes > 0)),
    CONSTRAINT media_objects_content_type_check CHECK (((char_length(content_type) >= 3) AND (char_length(content_type) <= 127))),
    CONSTRAINT media_objects_sha256_check CHECK ((octet_length(sha256) = 32))
);

-- Name: TABLE media_objects; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.media_objects IS 'Stored bytes, once per workspace and content.';

-- Name: COLUMN media_objects.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_objects.workspace_id IS 'The owning workspace.';

-- Name: COLUMN media_objects.sha256; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_objects.sha256 IS 'Digest of the bytes.';

-- Name: COLUMN media_objects.bytes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_objects.bytes IS 'Size, as counted.';

-- Name: COLUMN media_objects.content_type; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_objects.content_type IS 'Type, as sniffed from the bytes.';

-- Name: COLUMN media_objects.object_key; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_objects.object_key IS 'Where the object store keeps them.';

-- Name: COLUMN media_objects.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_objects.created_at IS 'When they were stored.';

-- Name: COLUMN media_objects.upload_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_objects.upload_id IS 'The file whose upload these bytes were; the object key lies below it. No reference, since others may outlive it.';

-- Name: COLUMN media_objects.missing_since; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_objects.missing_since IS 'When the object store was first found to have no such object. NULL: it is there.';

-- Name: media_quotas; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.media_quotas (
    plan public.workspace_plan NOT NULL,
    bytes bigint NOT NULL,
    CONSTRAINT media_quotas_bytes_check CHECK ((bytes > 0))
);

-- Name: TABLE media_quotas; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.media_quotas IS 'How much a workspace may keep in the object store, by plan.';

-- Name: COLUMN media_quotas.plan; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_quotas.plan IS 'The plan.';

-- Name: COLUMN media_quotas.bytes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_quotas.bytes IS 'Most bytes, stored and reserved.';

-- Name: media_sweeps; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.media_sweeps (
    name text NOT NULL,
    after_key text DEFAULT ''::text NOT NULL,
    CONSTRAINT media_sweeps_after_key_check CHECK ((char_length(after_key) <= 1024)),
    CONSTRAINT media_sweeps_name_check CHECK ((name = 'objects'::text))
);

-- Name: TABLE media_sweeps; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.media_sweeps IS 'How far the store and the database were compared, over several nights.';

-- Name: COLUMN media_sweeps.name; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_sweeps.name IS 'What is compared.';

-- Name: COLUMN media_sweeps.after_key; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_sweeps.after_key IS 'The key to go on after; empty: from the beginning.';

-- Name: media_usage; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.media_usage (
    workspace_id uuid NOT NULL,
    used_bytes bigint DEFAULT 0 NOT NULL,
    reserved_bytes bigint DEFAULT 0 NOT NULL,
    CONSTRAINT media_usage_bytes_check CHECK (((used_bytes >= 0) AND (reserved_bytes >= 0)))
);

-- Name: TABLE media_usage; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.media_usage IS 'What each workspace keeps in the object store. Written by triggers of media_objects and media_files alone.';

-- Name: COLUMN media_usage.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_usage.workspace_id IS 'The workspace.';

-- Name: COLUMN media_usage.used_bytes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_usage.used_bytes IS 'Sum of its objects.';

-- Name: COLUMN media_usage.reserved_bytes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.media_usage.reserved_bytes IS 'Sum of what its open uploads announced.';

-- Name: outbox; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.outbox (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    kind text NOT NULL,
    user_id uuid,
    workspace_id uuid,
    subject_id uuid,
    status public.outbox_status DEFAULT 'pending'::public.outbox_status NOT NULL,
    due_at timestamp with time zone NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    fence bigint DEFAULT 0 NOT NULL,
    leased_until timestamp with time zone,
    last_error text,
    finished_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT outbox_attempts_check CHECK (((attempts >= 0) AND (fence >= attempts))),
    CONSTRAINT outbox_finished_check CHECK (((status = 'pending'::public.outbox_status) = (finished_at IS NULL))),
    CONSTRAINT outbox_kind_check CHECK ((kind ~ '^[a-z]+/[a-z]+(-[a-z]+)*$'::text)),
    CONSTRAINT outbox_last_error_check CHECK (((char_length(last_error) >= 1) AND (char_length(last_error) <= 100))),
    CONSTRAINT outbox_lease_check CHECK (((leased_until IS NULL) OR (status = 'pending'::public.outbox_status)))
)
WITH (fillfactor='80', autovacuum_vacuum_scale_factor='0.02');

-- Name: TABLE outbox; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.outbox IS 'What is to be done outside the database because of a change inside: written by the statement of the change, done by a worker that may die at any line.';

-- Name: COLUMN outbox.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.id IS 'Made by the application.';

-- Name: COLUMN outbox.kind; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.kind IS 'What to do: area/template. The handler of that name reads the rest from the rows named.';

-- Name: COLUMN outbox.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.user_id IS 'Whom it concerns. NULL: nobody, and then a mail is not sent.';

-- Name: COLUMN outbox.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.workspace_id IS 'The workspace it concerns, if one.';

-- Name: COLUMN outbox.subject_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.subject_id IS 'The row it is about: an invitation, a session, an export.';

-- Name: COLUMN outbox.status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.status IS 'Pending until done; dead after too many attempts; superseded when a newer row does its work.';

-- Name: COLUMN outbox.due_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.due_at IS 'Not before this; moved by each failure.';

-- Name: COLUMN outbox.attempts; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.attempts IS 'How often it was tried and failed, or was given up by a worker that died.';

-- Name: COLUMN outbox.fence; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.fence IS 'Fencing token: raised by each claim. Who claimed earlier can no longer finish, mint or release.';

-- Name: COLUMN outbox.leased_until; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.leased_until IS 'A worker has it until then, by the clock of the database.';

-- Name: COLUMN outbox.last_error; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.last_error IS 'Code of the latest failure; never a text from outside.';

-- Name: COLUMN outbox.finished_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.finished_at IS 'When it was done, given up or superseded.';

-- Name: COLUMN outbox.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.outbox.created_at IS 'When the change was made.';

-- Name: post_approvals; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.post_approvals (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    post_id uuid NOT NULL,
    content_revision integer NOT NULL,
    user_id uuid NOT NULL,
    decision public.approval_decision NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT post_approvals_reason_check CHECK ((((char_length(reason) >= 1) AND (char_length(reason) <= 1000)) AND ((decision = 'approved'::public.approval_decision) OR (reason IS NOT NULL)))),
    CONSTRAINT post_approvals_revision_check CHECK ((content_revision > 0))
);

-- Name: TABLE post_approvals; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.post_approvals IS 'Each word of a person about the content of a post. The latest of a person about a revision stands.';

-- Name: COLUMN post_approvals.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_approvals.workspace_id IS 'The owning workspace.';

-- Name: COLUMN post_approvals.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_approvals.id IS 'Version 7: in order of time.';

-- Name: COLUMN post_approvals.post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_approvals.post_id IS 'The post.';

-- Name: COLUMN post_approvals.content_revision; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_approvals.content_revision IS 'The content that was looked at.';

-- Name: COLUMN post_approvals.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_approvals.user_id IS 'Whose word it is.';

-- Name: COLUMN post_approvals.decision; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_approvals.decision IS 'What it says.';

-- Name: COLUMN post_approvals.reason; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_approvals.reason IS 'Why; a rejection has one.';

-- Name: COLUMN post_approvals.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_approvals.created_at IS 'When, by the clock of the database.';

-- Name: post_media; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.post_media (
    workspace_id uuid NOT NULL,
    post_id uuid NOT NULL,
    "position" smallint NOT NULL,
    media_id uuid NOT NULL,
    alt_text text,
    user_tags jsonb DEFAULT '[]'::jsonb NOT NULL,
    product_tags jsonb DEFAULT '[]'::jsonb NOT NULL,
    CONSTRAINT post_media_alt_text_check CHECK ((char_length(alt_text) <= 1000)),
    CONSTRAINT post_media_position_check CHECK ((("position" >= 0) AND ("position" <= 9))),
    CONSTRAINT post_media_product_tags_check CHECK ((jsonb_typeof(product_tags) = 'array'::text)),
    CONSTRAINT post_media_user_tags_check CHECK ((jsonb_typeof(user_tags) = 'array'::text))
);

-- Name: TABLE post_media; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.post_media IS 'The media of a post, in order.';

-- Name: COLUMN post_media.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_media.workspace_id IS 'The owning workspace.';

-- Name: COLUMN post_media.post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_media.post_id IS 'The post.';

-- Name: COLUMN post_media."position"; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_media."position" IS 'Place in the post, from 0.';

-- Name: COLUMN post_media.media_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_media.media_id IS 'The file shown there.';

-- Name: COLUMN post_media.alt_text; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_media.alt_text IS 'Description for people who cannot see it.';

-- Name: COLUMN post_media.user_tags; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_media.user_tags IS 'pii: List of tagged Instagram users, with their place in the picture.';

-- Name: COLUMN post_media.product_tags; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_media.product_tags IS 'List of tagged products, with their place in the picture.';

-- Name: post_notes; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.post_notes (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    post_id uuid NOT NULL,
    user_id uuid NOT NULL,
    text text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT post_notes_text_check CHECK (((char_length(text) >= 1) AND (char_length(text) <= 4000)))
);

-- Name: TABLE post_notes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.post_notes IS 'What the team says about a post among themselves. A note is not changed.';

-- Name: COLUMN post_notes.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_notes.workspace_id IS 'The owning workspace.';

-- Name: COLUMN post_notes.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_notes.id IS 'Version 7: in order of time.';

-- Name: COLUMN post_notes.post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_notes.post_id IS 'The post.';

-- Name: COLUMN post_notes.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_notes.user_id IS 'Who wrote it; for an API key, who made the key.';

-- Name: COLUMN post_notes.text; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_notes.text IS 'pii: What it says.';

-- Name: COLUMN post_notes.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_notes.created_at IS 'When it was written.';

-- Name: post_occurrences; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.post_occurrences (
    workspace_id uuid NOT NULL,
    recurring_post_id uuid NOT NULL,
    occurs_on date NOT NULL,
    post_id uuid,
    local_time timestamp without time zone NOT NULL,
    time_zone text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT post_occurrences_time_zone_check CHECK (((char_length(time_zone) >= 1) AND (char_length(time_zone) <= 64)))
);

-- Name: TABLE post_occurrences; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.post_occurrences IS 'Days for which a copy of a recurring post has been made: never a second one.';

-- Name: COLUMN post_occurrences.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_occurrences.workspace_id IS 'The owning workspace.';

-- Name: COLUMN post_occurrences.recurring_post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_occurrences.recurring_post_id IS 'The post that repeats.';

-- Name: COLUMN post_occurrences.occurs_on; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_occurrences.occurs_on IS 'The day, by the calendar of the zone.';

-- Name: COLUMN post_occurrences.post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_occurrences.post_id IS 'The copy. NULL: it has been deleted, and that day goes without.';

-- Name: COLUMN post_occurrences.local_time; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_occurrences.local_time IS 'The wall time for which it was made.';

-- Name: COLUMN post_occurrences.time_zone; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_occurrences.time_zone IS 'IANA zone of local_time.';

-- Name: COLUMN post_occurrences.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_occurrences.created_at IS 'When it was made.';

-- Name: post_recurrences; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.post_recurrences (
    workspace_id uuid NOT NULL,
    post_id uuid NOT NULL,
    user_id uuid NOT NULL,
    frequency public.recurrence_frequency NOT NULL,
    "interval" smallint DEFAULT 1 NOT NULL,
    weekdays integer[] DEFAULT '{}'::integer[] NOT NULL,
    month_days integer[] DEFAULT '{}'::integer[] NOT NULL,
    local_time time without time zone NOT NULL,
    fold smallint DEFAULT 0 NOT NULL,
    time_zone text NOT NULL,
    starts_on date NOT NULL,
    ends_on date,
    look_at timestamp with time zone DEFAULT now(),
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT post_recurrences_dates_check CHECK ((ends_on >= starts_on)),
    CONSTRAINT post_recurrences_fold_check CHECK ((fold = ANY (ARRAY[0, 1]))),
    CONSTRAINT post_recurrences_interval_check CHECK ((("interval" >= 1) AND ("interval" <=
CASE frequency
    WHEN 'daily'::public.recurrence_frequency THEN 365
    WHEN 'weekly'::public.recurrence_frequency THEN 52
    ELSE 12
END))),
    CONSTRAINT post_recurrences_month_days_check CHECK (((month_days <@ '{1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31}'::integer[]) AND
CASE frequency
    WHEN 'monthly'::public.recurrence_frequency THEN ((cardinality(month_days) >= 1) AND (cardinality(month_days) <= 31))
    ELSE (month_days = '{}'::integer[])
END)),
    CONSTRAINT post_recurrences_time_zone_check CHECK (((char_length(time_zone) >= 1) AND (char_length(time_zone) <= 64))),
    CONSTRAINT post_recurrences_weekdays_check CHECK (((weekdays <@ '{1,2,3,4,5,6,7}'::integer[]) AND
CASE frequency
    WHEN 'weekly'::public.recurrence_frequency THEN ((cardinality(weekdays) >= 1) AND (cardinality(weekdays) <= 7))
    ELSE (weekdays = '{}'::integer[])
END))
);

-- Name: TABLE post_recurrences; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.post_recurrences IS 'Posts that repeat: by which wall clock a job makes and schedules copies of them, some days ahead.';

-- Name: COLUMN post_recurrences.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.workspace_id IS 'The owning workspace.';

-- Name: COLUMN post_recurrences.post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.post_id IS 'The post whose content is repeated, as it is when a copy is made.';

-- Name: COLUMN post_recurrences.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.user_id IS 'Who made the post repeat, and is the author of the copies.';

-- Name: COLUMN post_recurrences.frequency; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.frequency IS 'Every day, week or month.';

-- Name: COLUMN post_recurrences."interval"; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences."interval" IS 'Every so many of them, counted from that of starts_on.';

-- Name: COLUMN post_recurrences.weekdays; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.weekdays IS 'Of a week: 1 (Monday) to 7.';

-- Name: COLUMN post_recurrences.month_days; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.month_days IS 'Of a month: 1 to 31. One that a month does not have is its last day.';

-- Name: COLUMN post_recurrences.local_time; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.local_time IS 'The time of day, by the clocks of the zone.';

-- Name: COLUMN post_recurrences.fold; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.fold IS 'Which of two, where the clocks show local_time twice: 0 the first, 1 the second.';

-- Name: COLUMN post_recurrences.time_zone; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.time_zone IS 'IANA zone.';

-- Name: COLUMN post_recurrences.starts_on; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.starts_on IS 'No copy is due before that day.';

-- Name: COLUMN post_recurrences.ends_on; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.ends_on IS 'No copy is due after that day. NULL: it goes on.';

-- Name: COLUMN post_recurrences.look_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.look_at IS 'When the job looks next whether a copy is to be made. NULL: none ever will be.';

-- Name: COLUMN post_recurrences.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.created_at IS 'When the post began to repeat.';

-- Name: COLUMN post_recurrences.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_recurrences.updated_at IS 'When the rule last changed.';

-- Name: post_status_history; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.post_status_history (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    post_id uuid NOT NULL,
    from_status public.post_status,
    to_status public.post_status NOT NULL,
    actor_kind public.actor_kind NOT NULL,
    actor_id text,
    user_id uuid,
    reason text,
    created_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT post_status_history_move_check CHECK ((from_status <> to_status))
);

-- Name: TABLE post_status_history; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.post_status_history IS 'Each status that a post has had. Written by trigger alone; goes with its post.';

-- Name: COLUMN post_status_history.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.workspace_id IS 'The owning workspace.';

-- Name: COLUMN post_status_history.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.id IS 'Version 7: in order of time.';

-- Name: COLUMN post_status_history.post_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.post_id IS 'The post.';

-- Name: COLUMN post_status_history.from_status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.from_status IS 'Where it stood. NULL: it was made.';

-- Name: COLUMN post_status_history.to_status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.to_status IS 'Where it went.';

-- Name: COLUMN post_status_history.actor_kind; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.actor_kind IS 'What kind of credential moved it.';

-- Name: COLUMN post_status_history.actor_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.actor_id IS 'Which one.';

-- Name: COLUMN post_status_history.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.user_id IS 'The person behind it. No reference: a log outlives what it names.';

-- Name: COLUMN post_status_history.reason; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.reason IS 'Why, where the mover said so.';

-- Name: COLUMN post_status_history.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_history.created_at IS 'When, by the clock of the database.';

-- Name: post_status_moves; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.post_status_moves (
    from_status public.post_status NOT NULL,
    to_status public.post_status NOT NULL,
    CONSTRAINT post_status_moves_check CHECK ((from_status <> to_status))
);

-- Name: TABLE post_status_moves; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.post_status_moves IS 'The legal moves of a post''s status. A trigger refuses all others.';

-- Name: COLUMN post_status_moves.from_status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_moves.from_status IS 'Where it stands.';

-- Name: COLUMN post_status_moves.to_status; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.post_status_moves.to_status IS 'Where it may go.';

-- Name: posting_slots; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.posting_slots (
    workspace_id uuid NOT NULL,
    account_id uuid NOT NULL,
    time_zone text NOT NULL,
    slots jsonb NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT posting_slots_slots_check CHECK (
CASE
    WHEN (jsonb_typeof(slots) = 'array'::text) THEN ((jsonb_array_length(slots) <= 100) AND (jsonb_array_length(slots) = jsonb_array_length(jsonb_path_query_array(slots, '$[*]?((@."weekday" >= 1 && @."weekday" <= 7) && @."time" like_regex "^([01][0-9]|2[0-3]):[0-5][0-9]$")'::jsonpath))))
    ELSE false
END),
    CONSTRAINT posting_slots_time_zone_check CHECK (((char_length(time_zone) >= 1) AND (char_length(time_zone) <= 64)))
);

-- Name: TABLE posting_slots; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.posting_slots IS 'When an account posts: the times of the week that a post is given when its author asks for the next free one.';

-- Name: COLUMN posting_slots.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posting_slots.workspace_id IS 'The owning workspace.';

-- Name: COLUMN posting_slots.account_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posting_slots.account_id IS 'The account. Whoever takes one of its slots holds this row meanwhile.';

-- Name: COLUMN posting_slots.time_zone; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posting_slots.time_zone IS 'IANA zone of the times.';

-- Name: COLUMN posting_slots.slots; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posting_slots.slots IS 'Wall times of every week: [{"weekday": 1 (Monday) to 7, "time": "HH:MM"}], in the order of the week.';

-- Name: COLUMN posting_slots.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posting_slots.created_at IS 'When the account first had slots.';

-- Name: COLUMN posting_slots.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.posting_slots.updated_at IS 'When they last changed.';

-- Name: schema_migrations; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.schema_migrations (
    version character varying NOT NULL
);

-- Name: TABLE schema_migrations; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.schema_migrations IS 'Migrations that this database has had; kept by dbmate.';

-- Name: COLUMN schema_migrations.version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.schema_migrations.version IS 'Timestamp at the beginning of the file''s name.';

-- Name: user_email_index; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.user_email_index (
    key_version integer NOT NULL,
    digest bytea NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_email_index_digest_check CHECK ((octet_length(digest) = 32))
);

-- Name: TABLE user_email_index; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.user_email_index IS 'Finds a user by e-mail address, and makes the address unique, without storing it.';

-- Name: COLUMN user_email_index.key_version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_email_index.key_version IS 'Version of the blind index key. While keys rotate a user has a row for each.';

-- Name: COLUMN user_email_index.digest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_email_index.digest IS 'pii: HMAC-SHA-256 of the normalised address.';

-- Name: COLUMN user_email_index.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_email_index.user_id IS 'Whose address it is.';

-- Name: COLUMN user_email_index.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_email_index.created_at IS 'When the row was made.';

-- Name: user_passkeys; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.user_passkeys (
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    credential_id text NOT NULL,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    transports text[] NOT NULL,
    is_backed_up boolean NOT NULL,
    aaguid uuid NOT NULL,
    device text,
    last_used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_passkeys_credential_check CHECK (((char_length(credential_id) >= 1) AND (char_length(credential_id) <= 1400))),
    CONSTRAINT user_passkeys_device_check CHECK (((char_length(device) >= 1) AND (char_length(device) <= 200))),
    CONSTRAINT user_passkeys_public_key_check CHECK (((octet_length(public_key) >= 1) AND (octet_length(public_key) <= 2000))),
    CONSTRAINT user_passkeys_sign_count_check CHECK ((sign_count >= 0)),
    CONSTRAINT user_passkeys_transports_check CHECK ((cardinality(transports) <= 10))
);

-- Name: TABLE user_passkeys; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.user_passkeys IS 'WebAuthn credentials as second factor.';

-- Name: COLUMN user_passkeys.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.id IS 'Made by the application.';

-- Name: COLUMN user_passkeys.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.user_id IS 'Whose factor it is.';

-- Name: COLUMN user_passkeys.credential_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.credential_id IS 'Secret: the authenticator''s name of the credential, base64url.';

-- Name: COLUMN user_passkeys.public_key; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.public_key IS 'Secret: COSE public key of the credential.';

-- Name: COLUMN user_passkeys.sign_count; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.sign_count IS 'The authenticator''s counter; one that does not rise is a copy.';

-- Name: COLUMN user_passkeys.transports; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.transports IS 'How the authenticator can be reached.';

-- Name: COLUMN user_passkeys.is_backed_up; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.is_backed_up IS 'Whether it is synchronised between devices.';

-- Name: COLUMN user_passkeys.aaguid; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.aaguid IS 'Model of the authenticator.';

-- Name: COLUMN user_passkeys.device; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.device IS 'pii: Device and browser that registered it, from the user agent.';

-- Name: COLUMN user_passkeys.last_used_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.last_used_at IS 'When it last signed in.';

-- Name: COLUMN user_passkeys.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.created_at IS 'When it was registered.';

-- Name: COLUMN user_passkeys.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_passkeys.updated_at IS 'Last real change.';

-- Name: user_recovery_codes; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.user_recovery_codes (
    user_id uuid NOT NULL,
    digest bytea NOT NULL,
    used_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_recovery_codes_digest_check CHECK ((octet_length(digest) = 32))
);

-- Name: TABLE user_recovery_codes; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.user_recovery_codes IS 'Codes that stand in for a lost second factor, each good once.';

-- Name: COLUMN user_recovery_codes.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_recovery_codes.user_id IS 'Whose code it is.';

-- Name: COLUMN user_recovery_codes.digest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_recovery_codes.digest IS 'Secret: SHA-256 of the code, which has 80 random bits.';

-- Name: COLUMN user_recovery_codes.used_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_recovery_codes.used_at IS 'When it was used.';

-- Name: COLUMN user_recovery_codes.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_recovery_codes.created_at IS 'When the set was made.';

-- Name: user_totp; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.user_totp (
    user_id uuid NOT NULL,
    data_key_id uuid NOT NULL,
    secret_ciphertext text NOT NULL,
    confirmed_at timestamp with time zone,
    last_step bigint DEFAULT 0 NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT user_totp_ciphertext_key_check CHECK ((split_part(secret_ciphertext, '.'::text, 2) = (data_key_id)::text)),
    CONSTRAINT user_totp_last_step_check CHECK ((last_step >= 0))
);

-- Name: TABLE user_totp; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.user_totp IS 'Authenticator apps as second factor (RFC 6238); one per user.';

-- Name: COLUMN user_totp.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_totp.user_id IS 'Whose factor it is.';

-- Name: COLUMN user_totp.data_key_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_totp.data_key_id IS 'The user''s key that encrypts the secret.';

-- Name: COLUMN user_totp.secret_ciphertext; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_totp.secret_ciphertext IS 'Secret: shared with the app, encrypted.';

-- Name: COLUMN user_totp.confirmed_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_totp.confirmed_at IS 'When a first code proved the app. NULL: it does not count yet.';

-- Name: COLUMN user_totp.last_step; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_totp.last_step IS 'Latest time step used, so that no code is taken twice.';

-- Name: COLUMN user_totp.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_totp.created_at IS 'When it was set up.';

-- Name: COLUMN user_totp.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.user_totp.updated_at IS 'Last real change.';

-- Name: workspace_approvers; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.workspace_approvers (
    workspace_id uuid NOT NULL,
    user_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL
);

-- Name: TABLE workspace_approvers; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.workspace_approvers IS 'Members who all have to approve where the policy is "all". Whoever leaves, or may no longer approve, drops out.';

-- Name: COLUMN workspace_approvers.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_approvers.workspace_id IS 'The workspace.';

-- Name: COLUMN workspace_approvers.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_approvers.user_id IS 'The member.';

-- Name: COLUMN workspace_approvers.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_approvers.created_at IS 'When the member was put on the list.';

-- Name: workspace_invitations; Type: TABLE; Schema: public; Owner: -

CREATE TABLE public.workspace_invitations (
    workspace_id uuid NOT NULL,
    id uuid DEFAULT public.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    role public.workspace_role NOT NULL,
    data_key_id uuid,
    email_ciphertext text,
    index_key_version integer,
    email_digest bytea,
    token_digest bytea,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    accepted_by uuid,
    revoked_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    updated_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT workspace_invitations_accepted_check CHECK (((accepted_at IS NULL) = (accepted_by IS NULL))),
    CONSTRAINT workspace_invitations_ciphertext_key_check CHECK ((split_part(email_ciphertext, '.'::text, 2) = (data_key_id)::text)),
    CONSTRAINT workspace_invitations_email_digest_check CHECK ((octet_length(email_digest) = 32)),
    CONSTRAINT workspace_invitations_open_check CHECK (
CASE
    WHEN (num_nonnulls(accepted_at, revoked_at) = 0) THEN (num_nulls(data_key_id, email_ciphertext, index_key_version, email_digest) = 0)
    ELSE (num_nonnulls(data_key_id, email_ciphertext, index_key_version, email_digest, token_digest) = 0)
END),
    CONSTRAINT workspace_invitations_outcome_check CHECK ((num_nonnulls(accepted_at, revoked_at) <= 1)),
    CONSTRAINT workspace_invitations_token_digest_check CHECK ((octet_length(token_digest) = 32))
);

-- Name: TABLE workspace_invitations; Type: COMMENT; Schema: public; Owner: -

COMMENT ON TABLE public.workspace_invitations IS 'Addresses that were asked to join a workspace.';

-- Name: COLUMN workspace_invitations.workspace_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.workspace_id IS 'The workspace.';

-- Name: COLUMN workspace_invitations.id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.id IS 'Made by the application: the ciphertext is bound to it.';

-- Name: COLUMN workspace_invitations.user_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.user_id IS 'Who invites.';

-- Name: COLUMN workspace_invitations.role; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.role IS 'What the invited person will be.';

-- Name: COLUMN workspace_invitations.data_key_id; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.data_key_id IS 'The workspace''s key that encrypts the address.';

-- Name: COLUMN workspace_invitations.email_ciphertext; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.email_ciphertext IS 'pii: The invited address, encrypted. NULL once it is accepted or withdrawn.';

-- Name: COLUMN workspace_invitations.index_key_version; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.index_key_version IS 'Version of the blind index key of email_digest.';

-- Name: COLUMN workspace_invitations.email_digest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.email_digest IS 'pii: HMAC-SHA-256 of the normalised address.';

-- Name: COLUMN workspace_invitations.token_digest; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.token_digest IS 'Secret: SHA-256 of the token in the latest mail. NULL until that is sent.';

-- Name: COLUMN workspace_invitations.expires_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.expires_at IS 'No longer good after this.';

-- Name: COLUMN workspace_invitations.accepted_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.accepted_at IS 'When it was accepted.';

-- Name: COLUMN workspace_invitations.accepted_by; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.accepted_by IS 'Who accepted it.';

-- Name: COLUMN workspace_invitations.revoked_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.revoked_at IS 'When it was withdrawn, or ran out.';

-- Name: COLUMN workspace_invitations.created_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.created_at IS 'When it was made.';

-- Name: COLUMN workspace_invitations.updated_at; Type: COMMENT; Schema: public; Owner: -

COMMENT ON COLUMN public.workspace_invitations.updated_at IS 'Last real change.';

-- Name: account_tokens account_tokens_digest_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.account_tokens
    ADD CONSTRAINT account_tokens_digest_key UNIQUE (digest);

-- Name: account_tokens account_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.account_tokens
    ADD CONSTRAINT account_tokens_pkey PRIMARY KEY (user_id, purpose);

-- Name: ai_generations ai_generations_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.ai_generations
    ADD CONSTRAINT ai_generations_pkey PRIMARY KEY (workspace_id, id);

-- Name: analytics_events analytics_events_event_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.analytics_events
    ADD CONSTRAINT analytics_events_event_key UNIQUE (workspace_id, event_id, occurred_at);

-- Name: analytics_events analytics_events_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.analytics_events
    ADD CONSTRAINT analytics_events_pkey PRIMARY KEY (id, occurred_at);

-- Name: api_key_accounts api_key_accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.api_key_accounts
    ADD CONSTRAINT api_key_accounts_pkey PRIMARY KEY (workspace_id, api_key_id, account_id);

-- Name: api_key_digests api_key_digests_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.api_key_digests
    ADD CONSTRAINT api_key_digests_pkey PRIMARY KEY (digest);

-- Name: api_keys api_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_pkey PRIMARY KEY (workspace_id, id);

-- Name: audit_logs audit_logs_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.audit_logs
    ADD CONSTRAINT audit_logs_pkey PRIMARY KEY ("timestamp", id);

-- Name: auth_challenges auth_challenges_digest_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.auth_challenges
    ADD CONSTRAINT auth_challenges_digest_key UNIQUE (digest);

-- Name: auth_challenges auth_challenges_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.auth_challenges
    ADD CONSTRAINT auth_challenges_pkey PRIMARY KEY (id);

-- Name: auth_throttles auth_throttles_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.auth_throttles
    ADD CONSTRAINT auth_throttles_pkey PRIMARY KEY (subject);

-- Name: campaign_spend campaign_spend_campaign_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.campaign_spend
    ADD CONSTRAINT campaign_spend_campaign_key UNIQUE (workspace_id, campaign_id, id);

-- Name: campaign_spend campaign_spend_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.campaign_spend
    ADD CONSTRAINT campaign_spend_pkey PRIMARY KEY (workspace_id, id);

-- Name: campaigns campaigns_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (workspace_id, id);

-- Name: common_passwords common_passwords_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.common_passwords
    ADD CONSTRAINT common_passwords_pkey PRIMARY KEY (digest);

-- Name: data_exports data_exports_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.data_exports
    ADD CONSTRAINT data_exports_pkey PRIMARY KEY (id);

-- Name: encryption_keys encryption_keys_id_user_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.encryption_keys
    ADD CONSTRAINT encryption_keys_id_user_key UNIQUE (id, user_id);

-- Name: encryption_keys encryption_keys_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.encryption_keys
    ADD CONSTRAINT encryption_keys_pkey PRIMARY KEY (id);

-- Name: erasure_requests erasure_requests_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.erasure_requests
    ADD CONSTRAINT erasure_requests_pkey PRIMARY KEY (id);

-- Name: erasure_requests erasure_requests_receipt_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.erasure_requests
    ADD CONSTRAINT erasure_requests_receipt_key UNIQUE (receipt_digest);

-- Name: erasure_requests erasure_requests_user_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.erasure_requests
    ADD CONSTRAINT erasure_requests_user_key UNIQUE (user_id);

-- Name: instagram_accounts instagram_accounts_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.instagram_accounts
    ADD CONSTRAINT instagram_accounts_pkey PRIMARY KEY (workspace_id, id);

-- Name: instagram_rate_limits instagram_rate_limits_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.instagram_rate_limits
    ADD CONSTRAINT instagram_rate_limits_pkey PRIMARY KEY (workspace_id, account_id, kind);

-- Name: instagram_tokens instagram_tokens_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.instagram_tokens
    ADD CONSTRAINT instagram_tokens_pkey PRIMARY KEY (workspace_id, id);

-- Name: media_files media_files_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_pkey PRIMARY KEY (workspace_id, id);

-- Name: media_objects media_objects_object_key_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_objects
    ADD CONSTRAINT media_objects_object_key_key UNIQUE (object_key);

-- Name: media_objects media_objects_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_objects
    ADD CONSTRAINT media_objects_pkey PRIMARY KEY (workspace_id, sha256);

-- Name: media_quotas media_quotas_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_quotas
    ADD CONSTRAINT media_quotas_pkey PRIMARY KEY (plan);

-- Name: media_sweeps media_sweeps_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_sweeps
    ADD CONSTRAINT media_sweeps_pkey PRIMARY KEY (name);

-- Name: media_usage media_usage_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_usage
    ADD CONSTRAINT media_usage_pkey PRIMARY KEY (workspace_id);

-- Name: outbox outbox_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_pkey PRIMARY KEY (id);

-- Name: performance_metrics performance_metrics_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.performance_metrics
    ADD CONSTRAINT performance_metrics_pkey PRIMARY KEY (workspace_id, id);

-- Name: post_approvals post_approvals_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_approvals
    ADD CONSTRAINT post_approvals_pkey PRIMARY KEY (workspace_id, id);

-- Name: post_media post_media_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_media
    ADD CONSTRAINT post_media_pkey PRIMARY KEY (workspace_id, post_id, "position");

-- Name: post_notes post_notes_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_notes
    ADD CONSTRAINT post_notes_pkey PRIMARY KEY (workspace_id, id);

-- Name: post_occurrences post_occurrences_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_occurrences
    ADD CONSTRAINT post_occurrences_pkey PRIMARY KEY (workspace_id, recurring_post_id, occurs_on);

-- Name: post_recurrences post_recurrences_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_recurrences
    ADD CONSTRAINT post_recurrences_pkey PRIMARY KEY (workspace_id, post_id);

-- Name: post_status_history post_status_history_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_status_history
    ADD CONSTRAINT post_status_history_pkey PRIMARY KEY (workspace_id, id);

-- Name: post_status_moves post_status_moves_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_status_moves
    ADD CONSTRAINT post_status_moves_pkey PRIMARY KEY (from_status, to_status);

-- Name: posting_slots posting_slots_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.posting_slots
    ADD CONSTRAINT posting_slots_pkey PRIMARY KEY (workspace_id, account_id);

-- Name: posts posts_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_pkey PRIMARY KEY (workspace_id, id);

-- Name: schema_migrations schema_migrations_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.schema_migrations
    ADD CONSTRAINT schema_migrations_pkey PRIMARY KEY (version);

-- Name: user_email_index user_email_index_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_email_index
    ADD CONSTRAINT user_email_index_pkey PRIMARY KEY (key_version, digest);

-- Name: user_email_index user_email_index_user_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_email_index
    ADD CONSTRAINT user_email_index_user_key UNIQUE (user_id, key_version);

-- Name: user_passkeys user_passkeys_credential_key; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_passkeys
    ADD CONSTRAINT user_passkeys_credential_key UNIQUE (credential_id);

-- Name: user_passkeys user_passkeys_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_passkeys
    ADD CONSTRAINT user_passkeys_pkey PRIMARY KEY (id);

-- Name: user_recovery_codes user_recovery_codes_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_recovery_codes
    ADD CONSTRAINT user_recovery_codes_pkey PRIMARY KEY (user_id, digest);

-- Name: user_sessions user_sessions_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_sessions
    ADD CONSTRAINT user_sessions_pkey PRIMARY KEY (id);

-- Name: user_totp user_totp_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_totp
    ADD CONSTRAINT user_totp_pkey PRIMARY KEY (user_id);

-- Name: users users_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

-- Name: workspace_approvers workspace_approvers_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_approvers
    ADD CONSTRAINT workspace_approvers_pkey PRIMARY KEY (workspace_id, user_id);

-- Name: workspace_invitations workspace_invitations_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_invitations
    ADD CONSTRAINT workspace_invitations_pkey PRIMARY KEY (workspace_id, id);

-- Name: workspace_members workspace_members_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_members
    ADD CONSTRAINT workspace_members_pkey PRIMARY KEY (workspace_id, user_id);

-- Name: workspaces workspaces_pkey; Type: CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_pkey PRIMARY KEY (id);

-- Name: account_tokens_expiry_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX account_tokens_expiry_idx ON public.account_tokens USING btree (expires_at);

-- Name: ai_generations_kind_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX ai_generations_kind_idx ON public.ai_generations USING btree (workspace_id, kind, id DESC);

-- Name: ai_generations_post_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX ai_generations_post_idx ON public.ai_generations USING btree (workspace_id, post_id, id DESC);

-- Name: ai_generations_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX ai_generations_user_idx ON public.ai_generations USING btree (user_id, workspace_id, id DESC);

-- Name: api_key_accounts_account_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX api_key_accounts_account_idx ON public.api_key_accounts USING btree (workspace_id, account_id);

-- Name: api_key_digests_api_key_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX api_key_digests_api_key_idx ON public.api_key_digests USING btree (workspace_id, api_key_id);

-- Name: api_keys_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX api_keys_user_idx ON public.api_keys USING btree (user_id, workspace_id);

-- Name: audit_logs_person_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX audit_logs_person_idx ON ONLY public.audit_logs USING btree (user_id, workspace_id, "timestamp" DESC, id DESC);

-- Name: audit_logs_row_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX audit_logs_row_idx ON ONLY public.audit_logs USING btree (workspace_id, row_id, "timestamp" DESC, id DESC);

-- Name: audit_logs_table_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX audit_logs_table_idx ON ONLY public.audit_logs USING btree (workspace_id, table_name, "timestamp" DESC, id DESC);

-- Name: audit_logs_workspace_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX audit_logs_workspace_idx ON ONLY public.audit_logs USING btree (workspace_id, "timestamp" DESC, id DESC);

-- Name: auth_challenges_expiry_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX auth_challenges_expiry_idx ON public.auth_challenges USING btree (expires_at);

-- Name: auth_challenges_session_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX auth_challenges_session_idx ON public.auth_challenges USING btree (session_id) WHERE (session_id IS NOT NULL);

-- Name: auth_challenges_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX auth_challenges_user_idx ON public.auth_challenges USING btree (user_id, purpose);

-- Name: auth_throttles_expiry_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX auth_throttles_expiry_idx ON public.auth_throttles USING btree (expires_at);

-- Name: campaign_spend_corrects_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX campaign_spend_corrects_idx ON public.campaign_spend USING btree (workspace_id, campaign_id, corrects_id) INCLUDE (amount_minor);

-- Name: campaign_spend_day_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX campaign_spend_day_idx ON public.campaign_spend USING btree (workspace_id, campaign_id, spent_on DESC, id DESC);

-- Name: campaign_spend_total_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX campaign_spend_total_idx ON public.campaign_spend USING btree (workspace_id, campaign_id, currency) INCLUDE (amount_minor);

-- Name: campaign_spend_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX campaign_spend_user_idx ON public.campaign_spend USING btree (user_id, workspace_id, id DESC);

-- Name: campaigns_status_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX campaigns_status_idx ON public.campaigns USING btree (workspace_id, status, id DESC);

-- Name: campaigns_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX campaigns_user_idx ON public.campaigns USING btree (user_id, workspace_id, id DESC);

-- Name: data_exports_expiry_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX data_exports_expiry_idx ON public.data_exports USING btree (expires_at) WHERE (status = 'ready'::public.data_export_status);

-- Name: data_exports_pending_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX data_exports_pending_key ON public.data_exports USING btree (user_id) WHERE (status = 'pending'::public.data_export_status);

-- Name: data_exports_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX data_exports_user_idx ON public.data_exports USING btree (user_id, id DESC);

-- Name: encryption_keys_global_active_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX encryption_keys_global_active_key ON public.encryption_keys USING btree (purpose) WHERE ((status = 'active'::public.encryption_key_status) AND (purpose = ANY (ARRAY['pepper'::public.encryption_key_purpose, 'blind_index'::public.encryption_key_purpose])));

-- Name: encryption_keys_global_version_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX encryption_keys_global_version_key ON public.encryption_keys USING btree (purpose, key_version) WHERE ((user_id IS NULL) AND (workspace_id IS NULL));

-- Name: encryption_keys_id_workspace_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX encryption_keys_id_workspace_key ON public.encryption_keys USING btree (id, workspace_id);

-- Name: encryption_keys_user_active_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX encryption_keys_user_active_key ON public.encryption_keys USING btree (user_id) WHERE ((status = 'active'::public.encryption_key_status) AND (user_id IS NOT NULL));

-- Name: encryption_keys_user_version_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX encryption_keys_user_version_key ON public.encryption_keys USING btree (user_id, key_version) WHERE (user_id IS NOT NULL);

-- Name: encryption_keys_workspace_active_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX encryption_keys_workspace_active_key ON public.encryption_keys USING btree (workspace_id) WHERE ((status = 'active'::public.encryption_key_status) AND (workspace_id IS NOT NULL));

-- Name: encryption_keys_workspace_version_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX encryption_keys_workspace_version_key ON public.encryption_keys USING btree (workspace_id, key_version) WHERE (workspace_id IS NOT NULL);

-- Name: idempotency_keys_expiry_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX idempotency_keys_expiry_idx ON public.idempotency_keys USING btree (expires_at);

-- Name: idempotency_keys_principal_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX idempotency_keys_principal_idx ON public.idempotency_keys USING btree (principal_id, expires_at);

-- Name: idempotency_keys_sender_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX idempotency_keys_sender_key ON public.idempotency_keys USING btree (workspace_id, principal_id, key) NULLS NOT DISTINCT;

-- Name: instagram_accounts_app_scoped_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX instagram_accounts_app_scoped_idx ON public.instagram_accounts USING btree (app_scoped_id) WHERE (app_scoped_id IS NOT NULL);

-- Name: instagram_accounts_connected_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX instagram_accounts_connected_key ON public.instagram_accounts USING btree (ig_user_id) WHERE (status <> 'disconnected'::public.instagram_account_status);

-- Name: instagram_accounts_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX instagram_accounts_user_idx ON public.instagram_accounts USING btree (user_id);

-- Name: instagram_tokens_account_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX instagram_tokens_account_idx ON public.instagram_tokens USING btree (workspace_id, account_id, id DESC);

-- Name: instagram_tokens_current_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX instagram_tokens_current_key ON public.instagram_tokens USING btree (workspace_id, account_id) WHERE (status = 'current'::public.instagram_token_status);

-- Name: instagram_tokens_expiry_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX instagram_tokens_expiry_idx ON public.instagram_tokens USING btree (expires_at) WHERE (status = 'current'::public.instagram_token_status);

-- Name: media_files_kind_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX media_files_kind_idx ON public.media_files USING btree (workspace_id, split_part(declared_content_type, '/'::text, 1), id DESC);

-- Name: media_files_object_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX media_files_object_idx ON public.media_files USING btree (workspace_id, sha256);

-- Name: media_files_open_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX media_files_open_idx ON public.media_files USING btree (upload_expires_at) WHERE (status = ANY (ARRAY['pending'::public.media_status, 'processing'::public.media_status]));

-- Name: media_files_source_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX media_files_source_idx ON public.media_files USING btree (workspace_id, declared_sha256) WHERE (status = 'ready'::public.media_status);

-- Name: media_files_status_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX media_files_status_idx ON public.media_files USING btree (workspace_id, status, id DESC);

-- Name: media_files_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX media_files_user_idx ON public.media_files USING btree (user_id, workspace_id, id DESC);

-- Name: media_objects_key_bytes_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX media_objects_key_bytes_idx ON public.media_objects USING btree (object_key COLLATE "C");

-- Name: media_objects_upload_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX media_objects_upload_idx ON public.media_objects USING btree (workspace_id, upload_id);

-- Name: outbox_due_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX outbox_due_idx ON public.outbox USING btree (due_at, id) WHERE (status = 'pending'::public.outbox_status);

-- Name: outbox_finished_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX outbox_finished_idx ON public.outbox USING btree (finished_at) WHERE (status <> 'pending'::public.outbox_status);

-- Name: outbox_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX outbox_user_idx ON public.outbox USING btree (user_id, kind);

-- Name: outbox_workspace_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX outbox_workspace_idx ON public.outbox USING btree (workspace_id) WHERE (workspace_id IS NOT NULL);

-- Name: performance_metrics_account_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX performance_metrics_account_key ON public.performance_metrics USING btree (workspace_id, account_id, bucket, bucket_start) WHERE (account_id IS NOT NULL);

-- Name: performance_metrics_bucket_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX performance_metrics_bucket_idx ON public.performance_metrics USING btree (workspace_id, bucket, bucket_start);

-- Name: performance_metrics_campaign_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX performance_metrics_campaign_key ON public.performance_metrics USING btree (workspace_id, campaign_id, bucket, bucket_start) WHERE (campaign_id IS NOT NULL);

-- Name: performance_metrics_link_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX performance_metrics_link_key ON public.performance_metrics USING btree (workspace_id, link_id, bucket, bucket_start) WHERE (link_id IS NOT NULL);

-- Name: performance_metrics_post_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX performance_metrics_post_key ON public.performance_metrics USING btree (workspace_id, post_id, bucket, bucket_start) WHERE (post_id IS NOT NULL);

-- Name: post_approvals_post_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX post_approvals_post_idx ON public.post_approvals USING btree (workspace_id, post_id, id DESC);

-- Name: post_approvals_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX post_approvals_user_idx ON public.post_approvals USING btree (user_id, workspace_id, id DESC);

-- Name: post_media_media_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX post_media_media_idx ON public.post_media USING btree (workspace_id, media_id);

-- Name: post_notes_post_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX post_notes_post_idx ON public.post_notes USING btree (workspace_id, post_id, id DESC);

-- Name: post_notes_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX post_notes_user_idx ON public.post_notes USING btree (user_id, workspace_id, id DESC);

-- Name: post_occurrences_post_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX post_occurrences_post_key ON public.post_occurrences USING btree (workspace_id, post_id) WHERE (post_id IS NOT NULL);

-- Name: post_recurrences_look_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX post_recurrences_look_idx ON public.post_recurrences USING btree (look_at) WHERE (look_at IS NOT NULL);

-- Name: post_recurrences_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX post_recurrences_user_idx ON public.post_recurrences USING btree (user_id, workspace_id, post_id DESC);

-- Name: post_status_history_post_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX post_status_history_post_idx ON public.post_status_history USING btree (workspace_id, post_id, id DESC);

-- Name: posts_account_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_account_idx ON public.posts USING btree (workspace_id, account_id, id DESC);

-- Name: posts_campaign_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_campaign_idx ON public.posts USING btree (workspace_id, campaign_id, id DESC);

-- Name: posts_content_fingerprint_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_content_fingerprint_idx ON public.posts USING btree (workspace_id, account_id, content_fingerprint, id DESC) WHERE (content_fingerprint IS NOT NULL);

-- Name: posts_cover_media_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_cover_media_idx ON public.posts USING btree (workspace_id, cover_media_id) WHERE (cover_media_id IS NOT NULL);

-- Name: posts_due_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_due_idx ON public.posts USING btree (scheduled_at) WHERE (status = 'scheduled'::public.post_status);

-- Name: posts_ig_media_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX posts_ig_media_key ON public.posts USING btree (workspace_id, ig_media_id) WHERE (ig_media_id IS NOT NULL);

-- Name: posts_scheduled_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_scheduled_idx ON public.posts USING btree (workspace_id, scheduled_at, id) WHERE (scheduled_at IS NOT NULL);

-- Name: posts_slot_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX posts_slot_key ON public.posts USING btree (workspace_id, account_id, slot_at) WHERE (slot_at IS NOT NULL);

-- Name: posts_status_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_status_idx ON public.posts USING btree (workspace_id, status, id DESC);

-- Name: posts_tags_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_tags_idx ON public.posts USING gin (public.tag_keys(workspace_id, tags)) WITH (fastupdate=off) WHERE (tags <> '{}'::text[]);

-- Name: posts_time_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_time_idx ON public.posts USING btree (workspace_id, COALESCE(published_at, scheduled_at), id);

-- Name: posts_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_user_idx ON public.posts USING btree (user_id, workspace_id, id DESC);

-- Name: posts_wall_time_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX posts_wall_time_idx ON public.posts USING btree (workspace_id, id) WHERE ((status = 'scheduled'::public.post_status) AND (scheduled_local IS NOT NULL));

-- Name: user_passkeys_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX user_passkeys_user_idx ON public.user_passkeys USING btree (user_id, id);

-- Name: user_sessions_expiry_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX user_sessions_expiry_idx ON public.user_sessions USING btree (absolute_expires_at);

-- Name: user_sessions_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX user_sessions_user_idx ON public.user_sessions USING btree (user_id, id DESC);

-- Name: user_sessions_workspace_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX user_sessions_workspace_idx ON public.user_sessions USING btree (workspace_id) WHERE (workspace_id IS NOT NULL);

-- Name: user_totp_data_key_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX user_totp_data_key_idx ON public.user_totp USING btree (data_key_id, user_id);

-- Name: users_data_key_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX users_data_key_idx ON public.users USING btree (data_key_id, id);

-- Name: workspace_approvers_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX workspace_approvers_user_idx ON public.workspace_approvers USING btree (user_id, workspace_id);

-- Name: workspace_invitations_accepted_by_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX workspace_invitations_accepted_by_idx ON public.workspace_invitations USING btree (accepted_by) WHERE (accepted_by IS NOT NULL);

-- Name: workspace_invitations_data_key_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX workspace_invitations_data_key_idx ON public.workspace_invitations USING btree (data_key_id, workspace_id);

-- Name: workspace_invitations_expiry_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX workspace_invitations_expiry_idx ON public.workspace_invitations USING btree (expires_at) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

-- Name: workspace_invitations_open_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX workspace_invitations_open_key ON public.workspace_invitations USING btree (workspace_id, index_key_version, email_digest) WHERE ((accepted_at IS NULL) AND (revoked_at IS NULL));

-- Name: workspace_invitations_token_key; Type: INDEX; Schema: public; Owner: -

CREATE UNIQUE INDEX workspace_invitations_token_key ON public.workspace_invitations USING btree (token_digest) WHERE (token_digest IS NOT NULL);

-- Name: workspace_invitations_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX workspace_invitations_user_idx ON public.workspace_invitations USING btree (user_id);

-- Name: workspace_members_user_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX workspace_members_user_idx ON public.workspace_members USING btree (user_id, joined_at);

-- Name: workspaces_closing_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX workspaces_closing_idx ON public.workspaces USING btree (closing_at) WHERE (status = 'closing'::public.workspace_status);

-- Name: workspaces_created_by_idx; Type: INDEX; Schema: public; Owner: -

CREATE INDEX workspaces_created_by_idx ON public.workspaces USING btree (created_by);

-- Name: ai_generations audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.ai_generations FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=prompt,output');

-- Name: api_key_accounts audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.api_key_accounts FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=api_key_id,account_id');

-- Name: api_key_digests audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.api_key_digests FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=api_key_id', 'omit=digest');

-- Name: api_keys audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('ignore=last_used_at');

-- Name: campaign_spend audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.campaign_spend FOR EACH ROW EXECUTE FUNCTION public.audit_row_change();

-- Name: campaigns audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.campaigns FOR EACH ROW EXECUTE FUNCTION public.audit_row_change();

-- Name: data_exports audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.data_exports FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('omit=object_key,sha256');

-- Name: encryption_keys audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.encryption_keys FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=wrapped_key');

-- Name: erasure_requests audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.erasure_requests FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('omit=receipt_digest');

-- Name: instagram_accounts audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.instagram_accounts FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=ig_user_id,app_scoped_id,page_id,username,name,profile_picture_url', 'ignore=profile_read_at,webhook_checked_at,followers_count,follows_count,media_count');

-- Name: instagram_tokens audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.instagram_tokens FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=token_ciphertext');

-- Name: media_files audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.media_files FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=file_name');

-- Name: media_objects audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.media_objects FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=sha256');

-- Name: post_approvals audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.post_approvals FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=reason');

-- Name: post_media audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.post_media FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=post_id,position', 'mask=user_tags');

-- Name: post_notes audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.post_notes FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=text');

-- Name: post_recurrences audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.post_recurrences FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=post_id', 'ignore=look_at');

-- Name: posting_slots audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.posting_slots FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=account_id');

-- Name: posts audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.posts FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=options', 'ignore=content_revision', 'omit=content_fingerprint');

-- Name: user_email_index audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.user_email_index FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=user_id,key_version', 'mask=digest');

-- Name: user_passkeys audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.user_passkeys FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=credential_id,public_key,device', 'ignore=sign_count,last_used_at,is_backed_up');

-- Name: user_recovery_codes audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.user_recovery_codes FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=user_id', 'mask=digest');

-- Name: user_sessions audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.user_sessions FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('omit=secret', 'mask=device,place,address_prefix', 'ignore=generation,rotated_at,last_seen_at,idle_expires_at');

-- Name: user_totp audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.user_totp FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=user_id', 'mask=secret_ciphertext', 'ignore=last_step');

-- Name: users audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=email_ciphertext,name_ciphertext,password_hash,locale,time_zone,pending_email_ciphertext');

-- Name: workspace_approvers audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.workspace_approvers FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=user_id');

-- Name: workspace_invitations audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.workspace_invitations FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('mask=email_ciphertext,email_digest', 'omit=token_digest');

-- Name: workspace_members audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION public.audit_row_change('key=user_id');

-- Name: workspaces audit; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER audit AFTER INSERT OR DELETE OR UPDATE ON public.workspaces FOR EACH ROW EXECUTE FUNCTION public.audit_row_change();

-- Name: posts check_campaign; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER check_campaign BEFORE INSERT ON public.posts FOR EACH ROW WHEN ((new.campaign_id IS NOT NULL)) EXECUTE FUNCTION public.posts_check_campaign();

-- Name: posts check_campaign_change; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER check_campaign_change BEFORE UPDATE OF campaign_id ON public.posts FOR EACH ROW WHEN (((new.campaign_id IS NOT NULL) AND (new.campaign_id IS DISTINCT FROM old.campaign_id))) EXECUTE FUNCTION public.posts_check_campaign();

-- Name: campaign_spend check_entry; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER check_entry BEFORE INSERT ON public.campaign_spend FOR EACH ROW EXECUTE FUNCTION public.campaign_spend_check_entry();

-- Name: posts check_initial_status; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER check_initial_status BEFORE INSERT ON public.posts FOR EACH ROW EXECUTE FUNCTION public.posts_check_status();

-- Name: posts check_status_move; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER check_status_move BEFORE UPDATE OF status ON public.posts FOR EACH ROW WHEN ((old.status <> new.status)) EXECUTE FUNCTION public.posts_check_status();

-- Name: media_files count_bytes; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER count_bytes AFTER INSERT OR DELETE OR UPDATE OF status, declared_bytes ON public.media_files FOR EACH ROW EXECUTE FUNCTION public.media_files_count();

-- Name: media_objects count_bytes; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER count_bytes AFTER INSERT OR DELETE ON public.media_objects FOR EACH ROW EXECUTE FUNCTION public.media_objects_count();

-- Name: workspace_invitations forget_answered; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER forget_answered BEFORE UPDATE ON public.workspace_invitations FOR EACH ROW WHEN ((num_nonnulls(new.accepted_at, new.revoked_at) > 0)) EXECUTE FUNCTION public.forget_answered_invitation();

-- Name: posts give_back_slot; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER give_back_slot BEFORE UPDATE ON public.posts FOR EACH ROW WHEN (((old.slot_at = new.slot_at) AND ((new.scheduled_at IS DISTINCT FROM new.slot_at) OR (new.account_id IS DISTINCT FROM old.account_id) OR (new.status <> ALL (ARRAY['scheduled'::public.post_status, 'publishing'::public.post_status, 'unconfirmed'::public.post_status]))))) EXECUTE FUNCTION public.posts_give_back_slot();

-- Name: posts record_initial_status; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER record_initial_status AFTER INSERT ON public.posts FOR EACH ROW EXECUTE FUNCTION public.posts_record_move();

-- Name: posts record_status_move; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER record_status_move AFTER UPDATE OF status ON public.posts FOR EACH ROW WHEN ((old.status <> new.status)) EXECUTE FUNCTION public.posts_record_move();

-- Name: ai_generations refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.ai_generations FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: analytics_events refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.analytics_events FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: api_key_accounts refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.api_key_accounts FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: api_key_digests refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.api_key_digests FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: api_keys refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.api_keys FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: audit_logs refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE DELETE OR UPDATE OR TRUNCATE ON public.audit_logs FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

ALTER TABLE public.audit_logs ENABLE ALWAYS TRIGGER refuse;

-- Name: campaign_spend refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE DELETE OR UPDATE OR TRUNCATE ON public.campaign_spend FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: campaigns refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.campaigns FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: data_exports refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.data_exports FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: encryption_keys refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.encryption_keys FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: erasure_requests refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.erasure_requests FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: instagram_accounts refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.instagram_accounts FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: instagram_tokens refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.instagram_tokens FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: media_files refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.media_files FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: media_objects refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.media_objects FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: media_quotas refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.media_quotas FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: media_sweeps refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.media_sweeps FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: media_usage refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.media_usage FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: outbox refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.outbox FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: post_approvals refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.post_approvals FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: post_media refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.post_media FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: post_notes refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.post_notes FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: post_occurrences refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.post_occurrences FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: post_recurrences refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.post_recurrences FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: posting_slots refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.posting_slots FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: posts refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.posts FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: user_email_index refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.user_email_index FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: user_passkeys refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.user_passkeys FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: user_recovery_codes refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.user_recovery_codes FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: user_sessions refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.user_sessions FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: user_totp refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.user_totp FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: users refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.users FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: workspace_approvers refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.workspace_approvers FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: workspace_invitations refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.workspace_invitations FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: workspace_members refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.workspace_members FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: workspaces refuse; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse BEFORE TRUNCATE ON public.workspaces FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_statement();

-- Name: campaigns refuse_archived; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_archived BEFORE UPDATE ON public.campaigns FOR EACH ROW WHEN (((old.status = 'archived'::public.campaign_status) AND (old.* IS DISTINCT FROM new.*))) EXECUTE FUNCTION public.campaigns_refuse_archived();

-- Name: audit_logs refuse_direct; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_direct BEFORE INSERT ON public.audit_logs FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_direct_insert();

-- Name: account_tokens refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.account_tokens FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: api_keys refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.api_keys FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: auth_challenges refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.auth_challenges FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: data_exports refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.data_exports FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: encryption_keys refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.encryption_keys FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: user_email_index refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.user_email_index FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: user_passkeys refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.user_passkeys FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: user_recovery_codes refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.user_recovery_codes FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: user_sessions refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.user_sessions FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: user_totp refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.user_totp FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: workspace_invitations refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.workspace_invitations FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: workspace_members refuse_erased; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_erased BEFORE INSERT ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION public.refuse_erased_person();

-- Name: user_email_index refuse_outdated; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER refuse_outdated AFTER INSERT ON public.user_email_index REFERENCING NEW TABLE AS inserted_rows FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_outdated_index();

-- Name: idempotency_keys replace_expired; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER replace_expired BEFORE INSERT ON public.idempotency_keys FOR EACH ROW EXECUTE FUNCTION public.replace_expired_record();

-- Name: ai_generations touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.ai_generations FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: api_keys touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.api_keys FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: data_exports touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.data_exports FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: encryption_keys touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.encryption_keys FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: instagram_rate_limits touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.instagram_rate_limits FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: instagram_tokens touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.instagram_tokens FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: performance_metrics touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.performance_metrics FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: post_recurrences touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE OF frequency, "interval", weekdays, month_days, local_time, fold, time_zone, starts_on, ends_on ON public.post_recurrences FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: posting_slots touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.posting_slots FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: user_passkeys touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.user_passkeys FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: user_sessions touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.user_sessions FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: user_totp touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.user_totp FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: workspace_invitations touch_updated_at; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_updated_at BEFORE UPDATE ON public.workspace_invitations FOR EACH ROW EXECUTE FUNCTION public.touch_updated_at();

-- Name: campaigns touch_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_version BEFORE UPDATE ON public.campaigns FOR EACH ROW EXECUTE FUNCTION public.touch_version();

-- Name: instagram_accounts touch_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_version BEFORE UPDATE ON public.instagram_accounts FOR EACH ROW EXECUTE FUNCTION public.touch_version();

-- Name: media_files touch_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_version BEFORE UPDATE ON public.media_files FOR EACH ROW EXECUTE FUNCTION public.touch_version();

-- Name: posts touch_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_version BEFORE UPDATE ON public.posts FOR EACH ROW EXECUTE FUNCTION public.touch_version();

-- Name: users touch_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_version BEFORE UPDATE ON public.users FOR EACH ROW EXECUTE FUNCTION public.touch_user_version();

-- Name: workspace_members touch_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_version BEFORE UPDATE ON public.workspace_members FOR EACH ROW EXECUTE FUNCTION public.touch_version();

-- Name: workspaces touch_version; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_version BEFORE UPDATE ON public.workspaces FOR EACH ROW EXECUTE FUNCTION public.touch_version();

-- Name: workspace_approvers touch_workspace; Type: TRIGGER; Schema: public; Owner: -

CREATE TRIGGER touch_workspace AFTER DELETE ON public.workspace_approvers FOR EACH ROW WHEN ((pg_trigger_depth() > 0)) EXECUTE FUNCTION public.workspace_approvers_drop();

-- Name: workspace_members workspace_members_last_owner; Type: TRIGGER; Schema: public; Owner: -

CREATE CONSTRAINT TRIGGER workspace_members_last_owner AFTER DELETE OR UPDATE OF role ON public.workspace_members NOT DEFERRABLE INITIALLY IMMEDIATE FOR EACH ROW WHEN ((old.role = 'owner'::public.workspace_role)) EXECUTE FUNCTION public.workspace_members_last_owner();

-- Name: account_tokens account_tokens_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.account_tokens
    ADD CONSTRAINT account_tokens_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

-- Name: ai_generations ai_generations_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.ai_generations
    ADD CONSTRAINT ai_generations_post_fkey FOREIGN KEY (workspace_id, post_id) REFERENCES public.posts(workspace_id, id) ON DELETE SET NULL (post_id);

-- Name: ai_generations ai_generations_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.ai_generations
    ADD CONSTRAINT ai_generations_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: ai_generations ai_generations_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.ai_generations
    ADD CONSTRAINT ai_generations_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: api_key_accounts api_key_accounts_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.api_key_accounts
    ADD CONSTRAINT api_key_accounts_account_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES public.instagram_accounts(workspace_id, id) ON DELETE RESTRICT;

-- Name: api_key_accounts api_key_accounts_api_key_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.api_key_accounts
    ADD CONSTRAINT api_key_accounts_api_key_fkey FOREIGN KEY (workspace_id, api_key_id) REFERENCES public.api_keys(workspace_id, id) ON DELETE RESTRICT;

-- Name: api_key_digests api_key_digests_api_key_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.api_key_digests
    ADD CONSTRAINT api_key_digests_api_key_fkey FOREIGN KEY (workspace_id, api_key_id) REFERENCES public.api_keys(workspace_id, id) ON DELETE RESTRICT;

-- Name: api_keys api_keys_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: api_keys api_keys_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.api_keys
    ADD CONSTRAINT api_keys_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: auth_challenges auth_challenges_session_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.auth_challenges
    ADD CONSTRAINT auth_challenges_session_fkey FOREIGN KEY (session_id) REFERENCES public.user_sessions(id) ON DELETE CASCADE;

-- Name: auth_challenges auth_challenges_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.auth_challenges
    ADD CONSTRAINT auth_challenges_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

-- Name: campaign_spend campaign_spend_campaign_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.campaign_spend
    ADD CONSTRAINT campaign_spend_campaign_fkey FOREIGN KEY (workspace_id, campaign_id) REFERENCES public.campaigns(workspace_id, id) ON DELETE RESTRICT;

-- Name: campaign_spend campaign_spend_corrects_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.campaign_spend
    ADD CONSTRAINT campaign_spend_corrects_fkey FOREIGN KEY (workspace_id, campaign_id, corrects_id) REFERENCES public.campaign_spend(workspace_id, campaign_id, id) ON DELETE RESTRICT;

-- Name: campaign_spend campaign_spend_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.campaign_spend
    ADD CONSTRAINT campaign_spend_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: campaign_spend campaign_spend_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.campaign_spend
    ADD CONSTRAINT campaign_spend_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: campaigns campaigns_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: campaigns campaigns_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: data_exports data_exports_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.data_exports
    ADD CONSTRAINT data_exports_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: encryption_keys encryption_keys_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.encryption_keys
    ADD CONSTRAINT encryption_keys_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: encryption_keys encryption_keys_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.encryption_keys
    ADD CONSTRAINT encryption_keys_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: erasure_requests erasure_requests_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.erasure_requests
    ADD CONSTRAINT erasure_requests_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: idempotency_keys idempotency_keys_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE CASCADE;

-- Name: instagram_accounts instagram_accounts_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.instagram_accounts
    ADD CONSTRAINT instagram_accounts_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: instagram_accounts instagram_accounts_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.instagram_accounts
    ADD CONSTRAINT instagram_accounts_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: instagram_rate_limits instagram_rate_limits_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.instagram_rate_limits
    ADD CONSTRAINT instagram_rate_limits_account_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES public.instagram_accounts(workspace_id, id) ON DELETE CASCADE;

-- Name: instagram_tokens instagram_tokens_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.instagram_tokens
    ADD CONSTRAINT instagram_tokens_account_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES public.instagram_accounts(workspace_id, id) ON DELETE RESTRICT;

-- Name: media_files media_files_object_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_object_fkey FOREIGN KEY (workspace_id, sha256) REFERENCES public.media_objects(workspace_id, sha256) ON DELETE RESTRICT;

-- Name: media_files media_files_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: media_files media_files_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_files
    ADD CONSTRAINT media_files_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: media_objects media_objects_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_objects
    ADD CONSTRAINT media_objects_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: media_usage media_usage_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.media_usage
    ADD CONSTRAINT media_usage_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: outbox outbox_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: outbox outbox_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.outbox
    ADD CONSTRAINT outbox_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: performance_metrics performance_metrics_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.performance_metrics
    ADD CONSTRAINT performance_metrics_account_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES public.instagram_accounts(workspace_id, id) ON DELETE CASCADE;

-- Name: performance_metrics performance_metrics_campaign_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.performance_metrics
    ADD CONSTRAINT performance_metrics_campaign_fkey FOREIGN KEY (workspace_id, campaign_id) REFERENCES public.campaigns(workspace_id, id) ON DELETE CASCADE;

-- Name: performance_metrics performance_metrics_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.performance_metrics
    ADD CONSTRAINT performance_metrics_post_fkey FOREIGN KEY (workspace_id, post_id) REFERENCES public.posts(workspace_id, id) ON DELETE CASCADE;

-- Name: performance_metrics performance_metrics_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.performance_metrics
    ADD CONSTRAINT performance_metrics_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: post_approvals post_approvals_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_approvals
    ADD CONSTRAINT post_approvals_post_fkey FOREIGN KEY (workspace_id, post_id) REFERENCES public.posts(workspace_id, id) ON DELETE CASCADE;

-- Name: post_approvals post_approvals_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_approvals
    ADD CONSTRAINT post_approvals_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: post_media post_media_media_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_media
    ADD CONSTRAINT post_media_media_fkey FOREIGN KEY (workspace_id, media_id) REFERENCES public.media_files(workspace_id, id) ON DELETE RESTRICT;

-- Name: post_media post_media_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_media
    ADD CONSTRAINT post_media_post_fkey FOREIGN KEY (workspace_id, post_id) REFERENCES public.posts(workspace_id, id) ON DELETE CASCADE;

-- Name: post_notes post_notes_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_notes
    ADD CONSTRAINT post_notes_post_fkey FOREIGN KEY (workspace_id, post_id) REFERENCES public.posts(workspace_id, id) ON DELETE CASCADE;

-- Name: post_notes post_notes_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_notes
    ADD CONSTRAINT post_notes_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: post_occurrences post_occurrences_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_occurrences
    ADD CONSTRAINT post_occurrences_post_fkey FOREIGN KEY (workspace_id, post_id) REFERENCES public.posts(workspace_id, id) ON DELETE SET NULL (post_id);

-- Name: post_occurrences post_occurrences_recurring_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_occurrences
    ADD CONSTRAINT post_occurrences_recurring_post_fkey FOREIGN KEY (workspace_id, recurring_post_id) REFERENCES public.posts(workspace_id, id) ON DELETE CASCADE;

-- Name: post_recurrences post_recurrences_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_recurrences
    ADD CONSTRAINT post_recurrences_post_fkey FOREIGN KEY (workspace_id, post_id) REFERENCES public.posts(workspace_id, id) ON DELETE CASCADE;

-- Name: post_recurrences post_recurrences_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_recurrences
    ADD CONSTRAINT post_recurrences_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: post_status_history post_status_history_post_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.post_status_history
    ADD CONSTRAINT post_status_history_post_fkey FOREIGN KEY (workspace_id, post_id) REFERENCES public.posts(workspace_id, id) ON DELETE CASCADE;

-- Name: posting_slots posting_slots_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.posting_slots
    ADD CONSTRAINT posting_slots_account_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES public.instagram_accounts(workspace_id, id) ON DELETE CASCADE;

-- Name: posts posts_account_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_account_fkey FOREIGN KEY (workspace_id, account_id) REFERENCES public.instagram_accounts(workspace_id, id) ON DELETE RESTRICT;

-- Name: posts posts_campaign_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_campaign_fkey FOREIGN KEY (workspace_id, campaign_id) REFERENCES public.campaigns(workspace_id, id) ON DELETE RESTRICT;

-- Name: posts posts_cover_media_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_cover_media_fkey FOREIGN KEY (workspace_id, cover_media_id) REFERENCES public.media_files(workspace_id, id) ON DELETE RESTRICT;

-- Name: posts posts_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: posts posts_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.posts
    ADD CONSTRAINT posts_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: user_email_index user_email_index_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_email_index
    ADD CONSTRAINT user_email_index_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE CASCADE;

-- Name: user_passkeys user_passkeys_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_passkeys
    ADD CONSTRAINT user_passkeys_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: user_recovery_codes user_recovery_codes_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_recovery_codes
    ADD CONSTRAINT user_recovery_codes_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: user_sessions user_sessions_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_sessions
    ADD CONSTRAINT user_sessions_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: user_sessions user_sessions_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_sessions
    ADD CONSTRAINT user_sessions_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: user_totp user_totp_data_key_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_totp
    ADD CONSTRAINT user_totp_data_key_fkey FOREIGN KEY (data_key_id, user_id) REFERENCES public.encryption_keys(id, user_id) ON DELETE RESTRICT;

-- Name: user_totp user_totp_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.user_totp
    ADD CONSTRAINT user_totp_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: users users_data_key_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.users
    ADD CONSTRAINT users_data_key_fkey FOREIGN KEY (data_key_id, id) REFERENCES public.encryption_keys(id, user_id) ON DELETE RESTRICT;

-- Name: workspace_approvers workspace_approvers_member_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_approvers
    ADD CONSTRAINT workspace_approvers_member_fkey FOREIGN KEY (workspace_id, user_id) REFERENCES public.workspace_members(workspace_id, user_id) ON DELETE CASCADE;

-- Name: workspace_invitations workspace_invitations_accepted_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_invitations
    ADD CONSTRAINT workspace_invitations_accepted_by_fkey FOREIGN KEY (accepted_by) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: workspace_invitations workspace_invitations_data_key_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_invitations
    ADD CONSTRAINT workspace_invitations_data_key_fkey FOREIGN KEY (data_key_id, workspace_id) REFERENCES public.encryption_keys(id, workspace_id) ON DELETE RESTRICT;

-- Name: workspace_invitations workspace_invitations_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_invitations
    ADD CONSTRAINT workspace_invitations_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: workspace_invitations workspace_invitations_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_invitations
    ADD CONSTRAINT workspace_invitations_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: workspace_members workspace_members_user_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_members
    ADD CONSTRAINT workspace_members_user_fkey FOREIGN KEY (user_id) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: workspace_members workspace_members_workspace_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspace_members
    ADD CONSTRAINT workspace_members_workspace_fkey FOREIGN KEY (workspace_id) REFERENCES public.workspaces(id) ON DELETE RESTRICT;

-- Name: workspaces workspaces_created_by_fkey; Type: FK CONSTRAINT; Schema: public; Owner: -

ALTER TABLE ONLY public.workspaces
    ADD CONSTRAINT workspaces_created_by_fkey FOREIGN KEY (created_by) REFERENCES public.users(id) ON DELETE RESTRICT;

-- Name: SCHEMA masked; Type: ACL; Schema: -; Owner: -

GRANT USAGE ON SCHEMA masked TO defeah_readonly;

-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: -

REVOKE USAGE ON SCHEMA public FROM PUBLIC;
GRANT ALL ON SCHEMA public TO defeah_owner;
GRANT USAGE ON SCHEMA public TO defeah_api;
GRANT USAGE ON SCHEMA public TO defeah_jobs;
GRANT USAGE ON SCHEMA public TO defeah_auditor;
GRANT USAGE ON SCHEMA public TO defeah_monitor;

-- Name: FUNCTION audit_row_change(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.audit_row_change() FROM PUBLIC;

-- Name: FUNCTION campaign_spend_check_entry(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.campaign_spend_check_entry() FROM PUBLIC;

-- Name: FUNCTION campaigns_refuse_archived(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.campaigns_refuse_archived() FROM PUBLIC;

-- Name: FUNCTION content_fingerprint(caption text, media bytea); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.content_fingerprint(caption text, media bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION public.content_fingerprint(caption text, media bytea) TO defeah_api;

-- Name: FUNCTION current_actor(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.current_actor() FROM PUBLIC;

-- Name: FUNCTION ensure_all_partitions(months_ahead integer); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.ensure_all_partitions(months_ahead integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ensure_all_partitions(months_ahead integer) TO defeah_jobs;
GRANT ALL ON FUNCTION public.ensure_all_partitions(months_ahead integer) TO defeah_migrator;

-- Name: FUNCTION ensure_partitions(parent regclass, first_month date, months integer); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.ensure_partitions(parent regclass, first_month date, months integer) FROM PUBLIC;
GRANT ALL ON FUNCTION public.ensure_partitions(parent regclass, first_month date, months integer) TO defeah_jobs;
GRANT ALL ON FUNCTION public.ensure_partitions(parent regclass, first_month date, months integer) TO defeah_migrator;

-- Name: FUNCTION forget_answered_invitation(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.forget_answered_invitation() FROM PUBLIC;

-- Name: FUNCTION media_count(counted_workspace uuid, used bigint, reserved bigint); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.media_count(counted_workspace uuid, used bigint, reserved bigint) FROM PUBLIC;

-- Name: FUNCTION media_files_count(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.media_files_count() FROM PUBLIC;

-- Name: FUNCTION media_objects_count(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.media_objects_count() FROM PUBLIC;

-- Name: FUNCTION uuid_v7(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.uuid_v7() FROM PUBLIC;
GRANT ALL ON FUNCTION public.uuid_v7() TO defeah_api;
GRANT ALL ON FUNCTION public.uuid_v7() TO defeah_jobs;

-- Name: TABLE media_files; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.media_files TO defeah_api;
GRANT SELECT,DELETE ON TABLE public.media_files TO defeah_jobs;

-- Name: COLUMN media_files.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.media_files TO defeah_api;

-- Name: COLUMN media_files.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.media_files TO defeah_api;

-- Name: COLUMN media_files.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.media_files TO defeah_api;

-- Name: COLUMN media_files.file_name; Type: ACL; Schema: public; Owner: -

GRANT INSERT(file_name) ON TABLE public.media_files TO defeah_api;

-- Name: COLUMN media_files.declared_content_type; Type: ACL; Schema: public; Owner: -

GRANT INSERT(declared_content_type),UPDATE(declared_content_type) ON TABLE public.media_files TO defeah_api;

-- Name: COLUMN media_files.declared_bytes; Type: ACL; Schema: public; Owner: -

GRANT INSERT(declared_bytes),UPDATE(declared_bytes) ON TABLE public.media_files TO defeah_api;

-- Name: COLUMN media_files.declared_sha256; Type: ACL; Schema: public; Owner: -

GRANT INSERT(declared_sha256) ON TABLE public.media_files TO defeah_api;

-- Name: COLUMN media_files.sha256; Type: ACL; Schema: public; Owner: -

GRANT INSERT(sha256),UPDATE(sha256) ON TABLE public.media_files TO defeah_api;
GRANT UPDATE(sha256) ON TABLE public.media_files TO defeah_jobs;

-- Name: COLUMN media_files.width; Type: ACL; Schema: public; Owner: -

GRANT INSERT(width),UPDATE(width) ON TABLE public.media_files TO defeah_api;
GRANT UPDATE(width) ON TABLE public.media_files TO defeah_jobs;

-- Name: COLUMN media_files.height; Type: ACL; Schema: public; Owner: -

GRANT INSERT(height),UPDATE(height) ON TABLE public.media_files TO defeah_api;
GRANT UPDATE(height) ON TABLE public.media_files TO defeah_jobs;

-- Name: COLUMN media_files.duration_ms; Type: ACL; Schema: public; Owner: -

GRANT INSERT(duration_ms),UPDATE(duration_ms) ON TABLE public.media_files TO defeah_api;
GRANT UPDATE(duration_ms) ON TABLE public.media_files TO defeah_jobs;

-- Name: COLUMN media_files.status; Type: ACL; Schema: public; Owner: -

GRANT INSERT(status),UPDATE(status) ON TABLE public.media_files TO defeah_api;
GRANT UPDATE(status) ON TABLE public.media_files TO defeah_jobs;

-- Name: COLUMN media_files.rejection_code; Type: ACL; Schema: public; Owner: -

GRANT INSERT(rejection_code),UPDATE(rejection_code) ON TABLE public.media_files TO defeah_api;
GRANT UPDATE(rejection_code) ON TABLE public.media_files TO defeah_jobs;

-- Name: COLUMN media_files.upload_expires_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(upload_expires_at),UPDATE(upload_expires_at) ON TABLE public.media_files TO defeah_api;
GRANT UPDATE(upload_expires_at) ON TABLE public.media_files TO defeah_jobs;

-- Name: COLUMN media_files.traits; Type: ACL; Schema: public; Owner: -

GRANT INSERT(traits),UPDATE(traits) ON TABLE public.media_files TO defeah_api;

-- Name: FUNCTION media_reserved_bytes(file public.media_files); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.media_reserved_bytes(file public.media_files) FROM PUBLIC;

-- Name: FUNCTION posts_check_campaign(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.posts_check_campaign() FROM PUBLIC;

-- Name: FUNCTION posts_check_status(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.posts_check_status() FROM PUBLIC;

-- Name: FUNCTION posts_give_back_slot(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.posts_give_back_slot() FROM PUBLIC;

-- Name: FUNCTION posts_record_move(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.posts_record_move() FROM PUBLIC;

-- Name: FUNCTION refuse_direct_insert(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.refuse_direct_insert() FROM PUBLIC;

-- Name: FUNCTION refuse_erased_person(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.refuse_erased_person() FROM PUBLIC;

-- Name: FUNCTION refuse_outdated_index(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.refuse_outdated_index() FROM PUBLIC;

-- Name: FUNCTION refuse_statement(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.refuse_statement() FROM PUBLIC;

-- Name: FUNCTION replace_expired_record(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.replace_expired_record() FROM PUBLIC;

-- Name: FUNCTION tag_keys(workspace_id uuid, tags text[]); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.tag_keys(workspace_id uuid, tags text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION public.tag_keys(workspace_id uuid, tags text[]) TO defeah_api;
GRANT ALL ON FUNCTION public.tag_keys(workspace_id uuid, tags text[]) TO defeah_jobs;

-- Name: FUNCTION touch_updated_at(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.touch_updated_at() FROM PUBLIC;

-- Name: FUNCTION touch_user_version(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.touch_user_version() FROM PUBLIC;

-- Name: FUNCTION touch_version(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.touch_version() FROM PUBLIC;

-- Name: FUNCTION workspace_approvers_drop(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.workspace_approvers_drop() FROM PUBLIC;

-- Name: FUNCTION workspace_members_last_owner(); Type: ACL; Schema: public; Owner: -

REVOKE ALL ON FUNCTION public.workspace_members_last_owner() FROM PUBLIC;

-- Name: TABLE ai_generations; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.ai_generations TO defeah_api;
GRANT SELECT ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(workspace_id) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(id) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(user_id) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.post_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(post_id) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(post_id) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.kind; Type: ACL; Schema: public; Owner: -

GRANT INSERT(kind) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(kind) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.status; Type: ACL; Schema: public; Owner: -

GRANT INSERT(status),UPDATE(status) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(status),UPDATE(status) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.provider; Type: ACL; Schema: public; Owner: -

GRANT INSERT(provider) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(provider) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.model; Type: ACL; Schema: public; Owner: -

GRANT INSERT(model) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(model) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.template; Type: ACL; Schema: public; Owner: -

GRANT INSERT(template) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(template) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.template_version; Type: ACL; Schema: public; Owner: -

GRANT INSERT(template_version) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(template_version) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.prompt; Type: ACL; Schema: public; Owner: -

GRANT INSERT(prompt) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(prompt) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.output; Type: ACL; Schema: public; Owner: -

GRANT INSERT(output),UPDATE(output) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(output),UPDATE(output) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.error_code; Type: ACL; Schema: public; Owner: -

GRANT INSERT(error_code),UPDATE(error_code) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(error_code),UPDATE(error_code) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.input_tokens; Type: ACL; Schema: public; Owner: -

GRANT INSERT(input_tokens),UPDATE(input_tokens) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(input_tokens),UPDATE(input_tokens) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.output_tokens; Type: ACL; Schema: public; Owner: -

GRANT INSERT(output_tokens),UPDATE(output_tokens) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(output_tokens),UPDATE(output_tokens) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.cost_micros; Type: ACL; Schema: public; Owner: -

GRANT INSERT(cost_micros),UPDATE(cost_micros) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(cost_micros),UPDATE(cost_micros) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.currency; Type: ACL; Schema: public; Owner: -

GRANT INSERT(currency),UPDATE(currency) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(currency),UPDATE(currency) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.latency_ms; Type: ACL; Schema: public; Owner: -

GRANT INSERT(latency_ms),UPDATE(latency_ms) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(latency_ms),UPDATE(latency_ms) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: COLUMN ai_generations.finished_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(finished_at),UPDATE(finished_at) ON TABLE public.ai_generations TO defeah_api;
GRANT INSERT(finished_at),UPDATE(finished_at) ON TABLE public.ai_generations TO defeah_jobs;

-- Name: TABLE ai_generations; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.ai_generations TO defeah_readonly;

-- Name: TABLE api_keys; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.api_keys TO defeah_api;
GRANT SELECT ON TABLE public.api_keys TO defeah_jobs;

-- Name: COLUMN api_keys.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.api_keys TO defeah_api;

-- Name: COLUMN api_keys.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.api_keys TO defeah_api;

-- Name: COLUMN api_keys.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.api_keys TO defeah_api;

-- Name: COLUMN api_keys.name; Type: ACL; Schema: public; Owner: -

GRANT INSERT(name) ON TABLE public.api_keys TO defeah_api;

-- Name: COLUMN api_keys.hint; Type: ACL; Schema: public; Owner: -

GRANT INSERT(hint),UPDATE(hint) ON TABLE public.api_keys TO defeah_api;

-- Name: COLUMN api_keys.scopes; Type: ACL; Schema: public; Owner: -

GRANT INSERT(scopes) ON TABLE public.api_keys TO defeah_api;

-- Name: COLUMN api_keys.is_limited_to_accounts; Type: ACL; Schema: public; Owner: -

GRANT INSERT(is_limited_to_accounts) ON TABLE public.api_keys TO defeah_api;

-- Name: COLUMN api_keys.expires_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(expires_at) ON TABLE public.api_keys TO defeah_api;

-- Name: COLUMN api_keys.last_used_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(last_used_at) ON TABLE public.api_keys TO defeah_api;

-- Name: COLUMN api_keys.revoked_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(revoked_at) ON TABLE public.api_keys TO defeah_api;
GRANT UPDATE(revoked_at) ON TABLE public.api_keys TO defeah_jobs;

-- Name: TABLE api_keys; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.api_keys TO defeah_readonly;

-- Name: TABLE campaigns; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.campaigns TO defeah_api;
GRANT SELECT ON TABLE public.campaigns TO defeah_jobs;

-- Name: COLUMN campaigns.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.name; Type: ACL; Schema: public; Owner: -

GRANT INSERT(name),UPDATE(name) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.objective; Type: ACL; Schema: public; Owner: -

GRANT INSERT(objective),UPDATE(objective) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.budget_minor; Type: ACL; Schema: public; Owner: -

GRANT INSERT(budget_minor),UPDATE(budget_minor) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.currency; Type: ACL; Schema: public; Owner: -

GRANT INSERT(currency),UPDATE(currency) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.starts_on; Type: ACL; Schema: public; Owner: -

GRANT INSERT(starts_on),UPDATE(starts_on) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.ends_on; Type: ACL; Schema: public; Owner: -

GRANT INSERT(ends_on),UPDATE(ends_on) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.status; Type: ACL; Schema: public; Owner: -

GRANT INSERT(status),UPDATE(status) ON TABLE public.campaigns TO defeah_api;
GRANT UPDATE(status) ON TABLE public.campaigns TO defeah_jobs;

-- Name: COLUMN campaigns.utm; Type: ACL; Schema: public; Owner: -

GRANT INSERT(utm),UPDATE(utm) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.goals; Type: ACL; Schema: public; Owner: -

GRANT INSERT(goals),UPDATE(goals) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.archived_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(archived_at),UPDATE(archived_at) ON TABLE public.campaigns TO defeah_api;

-- Name: COLUMN campaigns.version; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(version) ON TABLE public.campaigns TO defeah_api;

-- Name: TABLE campaigns; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.campaigns TO defeah_readonly;

-- Name: TABLE instagram_accounts; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.instagram_accounts TO defeah_api;
GRANT SELECT ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.instagram_accounts TO defeah_api;

-- Name: COLUMN instagram_accounts.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.instagram_accounts TO defeah_api;

-- Name: COLUMN instagram_accounts.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.instagram_accounts TO defeah_api;

-- Name: COLUMN instagram_accounts.login; Type: ACL; Schema: public; Owner: -

GRANT INSERT(login) ON TABLE public.instagram_accounts TO defeah_api;

-- Name: COLUMN instagram_accounts.ig_user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(ig_user_id) ON TABLE public.instagram_accounts TO defeah_api;

-- Name: COLUMN instagram_accounts.app_scoped_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(app_scoped_id),UPDATE(app_scoped_id) ON TABLE public.instagram_accounts TO defeah_api;

-- Name: COLUMN instagram_accounts.page_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(page_id),UPDATE(page_id) ON TABLE public.instagram_accounts TO defeah_api;

-- Name: COLUMN instagram_accounts.username; Type: ACL; Schema: public; Owner: -

GRANT INSERT(username),UPDATE(username) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(username) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.name; Type: ACL; Schema: public; Owner: -

GRANT INSERT(name),UPDATE(name) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(name) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.account_type; Type: ACL; Schema: public; Owner: -

GRANT INSERT(account_type),UPDATE(account_type) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(account_type) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.profile_picture_url; Type: ACL; Schema: public; Owner: -

GRANT INSERT(profile_picture_url),UPDATE(profile_picture_url) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(profile_picture_url) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.followers_count; Type: ACL; Schema: public; Owner: -

GRANT INSERT(followers_count),UPDATE(followers_count) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(followers_count) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.follows_count; Type: ACL; Schema: public; Owner: -

GRANT INSERT(follows_count),UPDATE(follows_count) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(follows_count) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.media_count; Type: ACL; Schema: public; Owner: -

GRANT INSERT(media_count),UPDATE(media_count) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(media_count) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.status; Type: ACL; Schema: public; Owner: -

GRANT INSERT(status),UPDATE(status) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(status) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.webhook_status; Type: ACL; Schema: public; Owner: -

GRANT INSERT(webhook_status),UPDATE(webhook_status) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(webhook_status) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.webhook_checked_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(webhook_checked_at),UPDATE(webhook_checked_at) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(webhook_checked_at) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.profile_read_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(profile_read_at),UPDATE(profile_read_at) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(profile_read_at) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: COLUMN instagram_accounts.connected_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(connected_at),UPDATE(connected_at) ON TABLE public.instagram_accounts TO defeah_api;

-- Name: COLUMN instagram_accounts.disconnected_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(disconnected_at),UPDATE(disconnected_at) ON TABLE public.instagram_accounts TO defeah_api;
GRANT UPDATE(disconnected_at) ON TABLE public.instagram_accounts TO defeah_jobs;

-- Name: TABLE instagram_accounts; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.instagram_accounts TO defeah_readonly;

-- Name: TABLE media_files; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.media_files TO defeah_readonly;

-- Name: TABLE performance_metrics; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.performance_metrics TO defeah_api;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.performance_metrics TO defeah_jobs;

-- Name: TABLE performance_metrics; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.performance_metrics TO defeah_readonly;

-- Name: TABLE posts; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.posts TO defeah_api;
GRANT SELECT ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.posts TO defeah_api;
GRANT INSERT(workspace_id) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.posts TO defeah_api;
GRANT INSERT(id) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.posts TO defeah_api;
GRANT INSERT(user_id) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.account_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(account_id),UPDATE(account_id) ON TABLE public.posts TO defeah_api;
GRANT INSERT(account_id),UPDATE(account_id) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.campaign_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(campaign_id),UPDATE(campaign_id) ON TABLE public.posts TO defeah_api;
GRANT INSERT(campaign_id),UPDATE(campaign_id) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.kind; Type: ACL; Schema: public; Owner: -

GRANT INSERT(kind) ON TABLE public.posts TO defeah_api;
GRANT INSERT(kind) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.caption; Type: ACL; Schema: public; Owner: -

GRANT INSERT(caption),UPDATE(caption) ON TABLE public.posts TO defeah_api;
GRANT INSERT(caption),UPDATE(caption) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.options; Type: ACL; Schema: public; Owner: -

GRANT INSERT(options),UPDATE(options) ON TABLE public.posts TO defeah_api;
GRANT INSERT(options),UPDATE(options) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.options_version; Type: ACL; Schema: public; Owner: -

GRANT INSERT(options_version),UPDATE(options_version) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(options_version) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.status; Type: ACL; Schema: public; Owner: -

GRANT INSERT(status),UPDATE(status) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(status) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.scheduled_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(scheduled_at),UPDATE(scheduled_at) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(scheduled_at) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.scheduled_local; Type: ACL; Schema: public; Owner: -

GRANT INSERT(scheduled_local),UPDATE(scheduled_local) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(scheduled_local) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.time_zone; Type: ACL; Schema: public; Owner: -

GRANT INSERT(time_zone),UPDATE(time_zone) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(time_zone) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.published_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(published_at) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(published_at) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.ig_media_id; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(ig_media_id) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(ig_media_id) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.permalink; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(permalink) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(permalink) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.archived_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(archived_at) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(archived_at) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.version; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(version) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(version) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.tags; Type: ACL; Schema: public; Owner: -

GRANT INSERT(tags),UPDATE(tags) ON TABLE public.posts TO defeah_api;
GRANT INSERT(tags) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.content_revision; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(content_revision) ON TABLE public.posts TO defeah_api;

-- Name: COLUMN posts.cover_media_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(cover_media_id),UPDATE(cover_media_id) ON TABLE public.posts TO defeah_api;
GRANT INSERT(cover_media_id) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.approved_revision; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(approved_revision) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(approved_revision) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.slot_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(slot_at) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(slot_at) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.scheduled_fold; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(scheduled_fold) ON TABLE public.posts TO defeah_api;
GRANT UPDATE(scheduled_fold) ON TABLE public.posts TO defeah_jobs;

-- Name: COLUMN posts.content_fingerprint; Type: ACL; Schema: public; Owner: -

GRANT INSERT(content_fingerprint),UPDATE(content_fingerprint) ON TABLE public.posts TO defeah_api;
GRANT INSERT(content_fingerprint) ON TABLE public.posts TO defeah_jobs;

-- Name: TABLE posts; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.posts TO defeah_readonly;

-- Name: TABLE user_sessions; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.user_sessions TO defeah_api;
GRANT DELETE ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.id; Type: ACL; Schema: public; Owner: -

GRANT SELECT(id) ON TABLE public.user_sessions TO defeah_jobs;
GRANT INSERT(id) ON TABLE public.user_sessions TO defeah_api;

-- Name: COLUMN user_sessions.user_id; Type: ACL; Schema: public; Owner: -

GRANT SELECT(user_id) ON TABLE public.user_sessions TO defeah_jobs;
GRANT INSERT(user_id) ON TABLE public.user_sessions TO defeah_api;

-- Name: COLUMN user_sessions.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id),UPDATE(workspace_id) ON TABLE public.user_sessions TO defeah_api;
GRANT SELECT(workspace_id) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.generation; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(generation) ON TABLE public.user_sessions TO defeah_api;

-- Name: COLUMN user_sessions.rotated_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(rotated_at) ON TABLE public.user_sessions TO defeah_api;

-- Name: COLUMN user_sessions.last_seen_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(last_seen_at),UPDATE(last_seen_at) ON TABLE public.user_sessions TO defeah_api;
GRANT SELECT(last_seen_at) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.device; Type: ACL; Schema: public; Owner: -

GRANT INSERT(device),UPDATE(device) ON TABLE public.user_sessions TO defeah_api;
GRANT SELECT(device) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.place; Type: ACL; Schema: public; Owner: -

GRANT INSERT(place),UPDATE(place) ON TABLE public.user_sessions TO defeah_api;
GRANT SELECT(place) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.address_prefix; Type: ACL; Schema: public; Owner: -

GRANT INSERT(address_prefix),UPDATE(address_prefix) ON TABLE public.user_sessions TO defeah_api;
GRANT SELECT(address_prefix) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.idle_expires_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(idle_expires_at),UPDATE(idle_expires_at) ON TABLE public.user_sessions TO defeah_api;
GRANT SELECT(idle_expires_at) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.absolute_expires_at; Type: ACL; Schema: public; Owner: -

GRANT SELECT(absolute_expires_at) ON TABLE public.user_sessions TO defeah_jobs;
GRANT INSERT(absolute_expires_at) ON TABLE public.user_sessions TO defeah_api;

-- Name: COLUMN user_sessions.revoked_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(revoked_at) ON TABLE public.user_sessions TO defeah_api;
GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.revoked_reason; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(revoked_reason) ON TABLE public.user_sessions TO defeah_api;
GRANT SELECT(revoked_reason),UPDATE(revoked_reason) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.created_at; Type: ACL; Schema: public; Owner: -

GRANT SELECT(created_at) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.second_factor_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(second_factor_at),UPDATE(second_factor_at) ON TABLE public.user_sessions TO defeah_api;
GRANT SELECT(second_factor_at) ON TABLE public.user_sessions TO defeah_jobs;

-- Name: COLUMN user_sessions.proved_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(proved_at),UPDATE(proved_at) ON TABLE public.user_sessions TO defeah_api;

-- Name: TABLE user_sessions; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.user_sessions TO defeah_readonly;

-- Name: TABLE users; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.users TO defeah_api;
GRANT SELECT ON TABLE public.users TO defeah_jobs;

-- Name: COLUMN users.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.users TO defeah_api;

-- Name: COLUMN users.email_ciphertext; Type: ACL; Schema: public; Owner: -

GRANT INSERT(email_ciphertext),UPDATE(email_ciphertext) ON TABLE public.users TO defeah_api;
GRANT UPDATE(email_ciphertext) ON TABLE public.users TO defeah_jobs;

-- Name: COLUMN users.name_ciphertext; Type: ACL; Schema: public; Owner: -

GRANT INSERT(name_ciphertext),UPDATE(name_ciphertext) ON TABLE public.users TO defeah_api;
GRANT UPDATE(name_ciphertext) ON TABLE public.users TO defeah_jobs;

-- Name: COLUMN users.password_hash; Type: ACL; Schema: public; Owner: -

GRANT INSERT(password_hash),UPDATE(password_hash) ON TABLE public.users TO defeah_api;
GRANT UPDATE(password_hash) ON TABLE public.users TO defeah_jobs;

-- Name: COLUMN users.status; Type: ACL; Schema: public; Owner: -

GRANT INSERT(status),UPDATE(status) ON TABLE public.users TO defeah_api;
GRANT UPDATE(status) ON TABLE public.users TO defeah_jobs;

-- Name: COLUMN users.email_verified_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(email_verified_at),UPDATE(email_verified_at) ON TABLE public.users TO defeah_api;
GRANT UPDATE(email_verified_at) ON TABLE public.users TO defeah_jobs;

-- Name: COLUMN users.locale; Type: ACL; Schema: public; Owner: -

GRANT INSERT(locale),UPDATE(locale) ON TABLE public.users TO defeah_api;

-- Name: COLUMN users.time_zone; Type: ACL; Schema: public; Owner: -

GRANT INSERT(time_zone),UPDATE(time_zone) ON TABLE public.users TO defeah_api;

-- Name: COLUMN users.data_key_id; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(data_key_id) ON TABLE public.users TO defeah_jobs;
GRANT INSERT(data_key_id) ON TABLE public.users TO defeah_api;

-- Name: COLUMN users.erased_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(erased_at) ON TABLE public.users TO defeah_api;
GRANT UPDATE(erased_at) ON TABLE public.users TO defeah_jobs;

-- Name: COLUMN users.version; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(version) ON TABLE public.users TO defeah_api;

-- Name: COLUMN users.pending_email_ciphertext; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(pending_email_ciphertext) ON TABLE public.users TO defeah_api;
GRANT UPDATE(pending_email_ciphertext) ON TABLE public.users TO defeah_jobs;

-- Name: TABLE users; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.users TO defeah_readonly;

-- Name: TABLE workspace_members; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.workspace_members TO defeah_api;
GRANT SELECT,DELETE ON TABLE public.workspace_members TO defeah_jobs;

-- Name: COLUMN workspace_members.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.workspace_members TO defeah_api;

-- Name: COLUMN workspace_members.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.workspace_members TO defeah_api;

-- Name: COLUMN workspace_members.role; Type: ACL; Schema: public; Owner: -

GRANT INSERT(role),UPDATE(role) ON TABLE public.workspace_members TO defeah_api;

-- Name: TABLE workspace_members; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.workspace_members TO defeah_readonly;

-- Name: TABLE workspaces; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.workspaces TO defeah_api;
GRANT SELECT ON TABLE public.workspaces TO defeah_jobs;

-- Name: COLUMN workspaces.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.workspaces TO defeah_api;

-- Name: COLUMN workspaces.name; Type: ACL; Schema: public; Owner: -

GRANT INSERT(name),UPDATE(name) ON TABLE public.workspaces TO defeah_api;
GRANT UPDATE(name) ON TABLE public.workspaces TO defeah_jobs;

-- Name: COLUMN workspaces.status; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(status) ON TABLE public.workspaces TO defeah_api;
GRANT UPDATE(status) ON TABLE public.workspaces TO defeah_jobs;

-- Name: COLUMN workspaces.created_by; Type: ACL; Schema: public; Owner: -

GRANT INSERT(created_by) ON TABLE public.workspaces TO defeah_api;

-- Name: COLUMN workspaces.closing_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(closing_at) ON TABLE public.workspaces TO defeah_api;
GRANT UPDATE(closing_at) ON TABLE public.workspaces TO defeah_jobs;

-- Name: COLUMN workspaces.closed_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(closed_at) ON TABLE public.workspaces TO defeah_api;
GRANT UPDATE(closed_at) ON TABLE public.workspaces TO defeah_jobs;

-- Name: COLUMN workspaces.version; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(version) ON TABLE public.workspaces TO defeah_api;

-- Name: COLUMN workspaces.requires_second_factor; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(requires_second_factor) ON TABLE public.workspaces TO defeah_api;

-- Name: COLUMN workspaces.approval_policy; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(approval_policy) ON TABLE public.workspaces TO defeah_api;

-- Name: TABLE workspaces; Type: ACL; Schema: masked; Owner: -

GRANT SELECT ON TABLE masked.workspaces TO defeah_readonly;

-- Name: TABLE analytics_events; Type: ACL; Schema: public; Owner: -

GRANT SELECT,INSERT ON TABLE public.analytics_events TO defeah_api;
GRANT SELECT,INSERT ON TABLE public.analytics_events TO defeah_jobs;

-- Name: TABLE audit_logs; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.audit_logs TO defeah_api;
GRANT SELECT ON TABLE public.audit_logs TO defeah_jobs;
GRANT SELECT ON TABLE public.audit_logs TO defeah_auditor;

-- Name: TABLE account_tokens; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.account_tokens TO defeah_api;
GRANT DELETE ON TABLE public.account_tokens TO defeah_jobs;

-- Name: COLUMN account_tokens.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.account_tokens TO defeah_api;
GRANT SELECT(user_id),INSERT(user_id) ON TABLE public.account_tokens TO defeah_jobs;

-- Name: COLUMN account_tokens.purpose; Type: ACL; Schema: public; Owner: -

GRANT INSERT(purpose) ON TABLE public.account_tokens TO defeah_api;
GRANT SELECT(purpose),INSERT(purpose) ON TABLE public.account_tokens TO defeah_jobs;

-- Name: COLUMN account_tokens.digest; Type: ACL; Schema: public; Owner: -

GRANT INSERT(digest) ON TABLE public.account_tokens TO defeah_api;
GRANT INSERT(digest),UPDATE(digest) ON TABLE public.account_tokens TO defeah_jobs;

-- Name: COLUMN account_tokens.outbox_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(outbox_id) ON TABLE public.account_tokens TO defeah_api;
GRANT SELECT(outbox_id),INSERT(outbox_id),UPDATE(outbox_id) ON TABLE public.account_tokens TO defeah_jobs;

-- Name: COLUMN account_tokens.expires_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(expires_at) ON TABLE public.account_tokens TO defeah_api;
GRANT SELECT(expires_at),INSERT(expires_at),UPDATE(expires_at) ON TABLE public.account_tokens TO defeah_jobs;

-- Name: COLUMN account_tokens.created_at; Type: ACL; Schema: public; Owner: -

GRANT SELECT(created_at) ON TABLE public.account_tokens TO defeah_jobs;

-- Name: TABLE api_key_accounts; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.api_key_accounts TO defeah_api;
GRANT SELECT ON TABLE public.api_key_accounts TO defeah_jobs;

-- Name: COLUMN api_key_accounts.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.api_key_accounts TO defeah_api;

-- Name: COLUMN api_key_accounts.api_key_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(api_key_id) ON TABLE public.api_key_accounts TO defeah_api;

-- Name: COLUMN api_key_accounts.account_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(account_id) ON TABLE public.api_key_accounts TO defeah_api;

-- Name: TABLE api_key_digests; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.api_key_digests TO defeah_api;
GRANT DELETE ON TABLE public.api_key_digests TO defeah_jobs;

-- Name: COLUMN api_key_digests.digest; Type: ACL; Schema: public; Owner: -

GRANT INSERT(digest) ON TABLE public.api_key_digests TO defeah_api;

-- Name: COLUMN api_key_digests.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.api_key_digests TO defeah_api;
GRANT SELECT(workspace_id) ON TABLE public.api_key_digests TO defeah_jobs;

-- Name: COLUMN api_key_digests.api_key_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(api_key_id) ON TABLE public.api_key_digests TO defeah_api;
GRANT SELECT(api_key_id) ON TABLE public.api_key_digests TO defeah_jobs;

-- Name: COLUMN api_key_digests.expires_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(expires_at),UPDATE(expires_at) ON TABLE public.api_key_digests TO defeah_api;
GRANT SELECT(expires_at) ON TABLE public.api_key_digests TO defeah_jobs;

-- Name: COLUMN api_key_digests.created_at; Type: ACL; Schema: public; Owner: -

GRANT SELECT(created_at) ON TABLE public.api_key_digests TO defeah_jobs;

-- Name: TABLE auth_challenges; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.auth_challenges TO defeah_api;
GRANT DELETE ON TABLE public.auth_challenges TO defeah_jobs;

-- Name: COLUMN auth_challenges.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.auth_challenges TO defeah_api;
GRANT SELECT(id) ON TABLE public.auth_challenges TO defeah_jobs;

-- Name: COLUMN auth_challenges.purpose; Type: ACL; Schema: public; Owner: -

GRANT INSERT(purpose) ON TABLE public.auth_challenges TO defeah_api;

-- Name: COLUMN auth_challenges.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.auth_challenges TO defeah_api;
GRANT SELECT(user_id) ON TABLE public.auth_challenges TO defeah_jobs;

-- Name: COLUMN auth_challenges.session_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(session_id) ON TABLE public.auth_challenges TO defeah_api;

-- Name: COLUMN auth_challenges.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.auth_challenges TO defeah_api;

-- Name: COLUMN auth_challenges.digest; Type: ACL; Schema: public; Owner: -

GRANT INSERT(digest) ON TABLE public.auth_challenges TO defeah_api;

-- Name: COLUMN auth_challenges.password_fingerprint; Type: ACL; Schema: public; Owner: -

GRANT INSERT(password_fingerprint) ON TABLE public.auth_challenges TO defeah_api;

-- Name: COLUMN auth_challenges.attempts; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(attempts) ON TABLE public.auth_challenges TO defeah_api;

-- Name: COLUMN auth_challenges.expires_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(expires_at) ON TABLE public.auth_challenges TO defeah_api;
GRANT SELECT(expires_at) ON TABLE public.auth_challenges TO defeah_jobs;

-- Name: TABLE auth_throttles; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.auth_throttles TO defeah_api;
GRANT DELETE ON TABLE public.auth_throttles TO defeah_jobs;

-- Name: COLUMN auth_throttles.subject; Type: ACL; Schema: public; Owner: -

GRANT INSERT(subject) ON TABLE public.auth_throttles TO defeah_api;
GRANT SELECT(subject) ON TABLE public.auth_throttles TO defeah_jobs;

-- Name: COLUMN auth_throttles.attempts; Type: ACL; Schema: public; Owner: -

GRANT INSERT(attempts),UPDATE(attempts) ON TABLE public.auth_throttles TO defeah_api;

-- Name: COLUMN auth_throttles.blocked_until; Type: ACL; Schema: public; Owner: -

GRANT INSERT(blocked_until),UPDATE(blocked_until) ON TABLE public.auth_throttles TO defeah_api;

-- Name: COLUMN auth_throttles.expires_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(expires_at),UPDATE(expires_at) ON TABLE public.auth_throttles TO defeah_api;
GRANT SELECT(expires_at) ON TABLE public.auth_throttles TO defeah_jobs;

-- Name: TABLE campaign_spend; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.campaign_spend TO defeah_api;
GRANT SELECT ON TABLE public.campaign_spend TO defeah_jobs;

-- Name: COLUMN campaign_spend.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.campaign_spend TO defeah_api;

-- Name: COLUMN campaign_spend.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.campaign_spend TO defeah_api;

-- Name: COLUMN campaign_spend.campaign_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(campaign_id) ON TABLE public.campaign_spend TO defeah_api;

-- Name: COLUMN campaign_spend.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.campaign_spend TO defeah_api;

-- Name: COLUMN campaign_spend.amount_minor; Type: ACL; Schema: public; Owner: -

GRANT INSERT(amount_minor) ON TABLE public.campaign_spend TO defeah_api;

-- Name: COLUMN campaign_spend.currency; Type: ACL; Schema: public; Owner: -

GRANT INSERT(currency) ON TABLE public.campaign_spend TO defeah_api;

-- Name: COLUMN campaign_spend.spent_on; Type: ACL; Schema: public; Owner: -

GRANT INSERT(spent_on) ON TABLE public.campaign_spend TO defeah_api;

-- Name: COLUMN campaign_spend.note; Type: ACL; Schema: public; Owner: -

GRANT INSERT(note) ON TABLE public.campaign_spend TO defeah_api;

-- Name: COLUMN campaign_spend.corrects_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(corrects_id) ON TABLE public.campaign_spend TO defeah_api;

-- Name: TABLE common_passwords; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.common_passwords TO defeah_api;

-- Name: TABLE data_exports; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.data_exports TO defeah_api;
GRANT SELECT ON TABLE public.data_exports TO defeah_jobs;

-- Name: COLUMN data_exports.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.data_exports TO defeah_api;

-- Name: COLUMN data_exports.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.data_exports TO defeah_api;

-- Name: COLUMN data_exports.status; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(status) ON TABLE public.data_exports TO defeah_api;
GRANT UPDATE(status) ON TABLE public.data_exports TO defeah_jobs;

-- Name: COLUMN data_exports.object_key; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(object_key) ON TABLE public.data_exports TO defeah_jobs;

-- Name: COLUMN data_exports.bytes; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(bytes) ON TABLE public.data_exports TO defeah_jobs;

-- Name: COLUMN data_exports.sha256; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(sha256) ON TABLE public.data_exports TO defeah_jobs;

-- Name: COLUMN data_exports.expires_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(expires_at) ON TABLE public.data_exports TO defeah_jobs;
GRANT UPDATE(expires_at) ON TABLE public.data_exports TO defeah_api;

-- Name: COLUMN data_exports.finished_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(finished_at) ON TABLE public.data_exports TO defeah_api;
GRANT UPDATE(finished_at) ON TABLE public.data_exports TO defeah_jobs;

-- Name: TABLE encryption_keys; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.encryption_keys TO defeah_api;
GRANT SELECT ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.encryption_keys TO defeah_api;
GRANT INSERT(id) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.purpose; Type: ACL; Schema: public; Owner: -

GRANT INSERT(purpose) ON TABLE public.encryption_keys TO defeah_api;
GRANT INSERT(purpose) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.key_version; Type: ACL; Schema: public; Owner: -

GRANT INSERT(key_version) ON TABLE public.encryption_keys TO defeah_api;
GRANT INSERT(key_version) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.encryption_keys TO defeah_api;
GRANT INSERT(user_id) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.encryption_keys TO defeah_api;
GRANT INSERT(workspace_id) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.kek_version; Type: ACL; Schema: public; Owner: -

GRANT INSERT(kek_version),UPDATE(kek_version) ON TABLE public.encryption_keys TO defeah_jobs;
GRANT INSERT(kek_version) ON TABLE public.encryption_keys TO defeah_api;

-- Name: COLUMN encryption_keys.wrapped_key; Type: ACL; Schema: public; Owner: -

GRANT INSERT(wrapped_key),UPDATE(wrapped_key) ON TABLE public.encryption_keys TO defeah_api;
GRANT INSERT(wrapped_key),UPDATE(wrapped_key) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.public_jwk; Type: ACL; Schema: public; Owner: -

GRANT INSERT(public_jwk) ON TABLE public.encryption_keys TO defeah_api;
GRANT INSERT(public_jwk) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.status; Type: ACL; Schema: public; Owner: -

GRANT INSERT(status),UPDATE(status) ON TABLE public.encryption_keys TO defeah_api;
GRANT INSERT(status),UPDATE(status) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.not_before; Type: ACL; Schema: public; Owner: -

GRANT INSERT(not_before) ON TABLE public.encryption_keys TO defeah_api;
GRANT INSERT(not_before) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.retired_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(retired_at) ON TABLE public.encryption_keys TO defeah_api;
GRANT UPDATE(retired_at) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: COLUMN encryption_keys.destroyed_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(destroyed_at) ON TABLE public.encryption_keys TO defeah_api;
GRANT UPDATE(destroyed_at) ON TABLE public.encryption_keys TO defeah_jobs;

-- Name: TABLE erasure_requests; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.erasure_requests TO defeah_api;

-- Name: COLUMN erasure_requests.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.erasure_requests TO defeah_api;
GRANT SELECT(id),INSERT(id) ON TABLE public.erasure_requests TO defeah_jobs;

-- Name: COLUMN erasure_requests.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.erasure_requests TO defeah_api;
GRANT SELECT(user_id),INSERT(user_id) ON TABLE public.erasure_requests TO defeah_jobs;

-- Name: COLUMN erasure_requests.receipt_digest; Type: ACL; Schema: public; Owner: -

GRANT INSERT(receipt_digest) ON TABLE public.erasure_requests TO defeah_api;
GRANT INSERT(receipt_digest) ON TABLE public.erasure_requests TO defeah_jobs;

-- Name: COLUMN erasure_requests.requested_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(requested_at) ON TABLE public.erasure_requests TO defeah_api;
GRANT SELECT(requested_at),INSERT(requested_at) ON TABLE public.erasure_requests TO defeah_jobs;

-- Name: COLUMN erasure_requests.erased_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(erased_at) ON TABLE public.erasure_requests TO defeah_api;
GRANT SELECT(erased_at),INSERT(erased_at) ON TABLE public.erasure_requests TO defeah_jobs;

-- Name: COLUMN erasure_requests.recorded_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(recorded_at) ON TABLE public.erasure_requests TO defeah_api;
GRANT SELECT(recorded_at),UPDATE(recorded_at) ON TABLE public.erasure_requests TO defeah_jobs;

-- Name: COLUMN erasure_requests.backups_expire_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(backups_expire_at) ON TABLE public.erasure_requests TO defeah_api;
GRANT SELECT(backups_expire_at),INSERT(backups_expire_at) ON TABLE public.erasure_requests TO defeah_jobs;

-- Name: TABLE idempotency_keys; Type: ACL; Schema: public; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE public.idempotency_keys TO defeah_api;
GRANT SELECT,DELETE ON TABLE public.idempotency_keys TO defeah_jobs;

-- Name: COLUMN idempotency_keys.status; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(status) ON TABLE public.idempotency_keys TO defeah_api;

-- Name: COLUMN idempotency_keys.response; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(response) ON TABLE public.idempotency_keys TO defeah_api;

-- Name: COLUMN idempotency_keys.leased_until; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(leased_until) ON TABLE public.idempotency_keys TO defeah_api;

-- Name: COLUMN idempotency_keys.fence; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(fence) ON TABLE public.idempotency_keys TO defeah_api;

-- Name: TABLE instagram_rate_limits; Type: ACL; Schema: public; Owner: -

GRANT SELECT,INSERT ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT SELECT,INSERT ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: COLUMN instagram_rate_limits.window_seconds; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(window_seconds) ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT UPDATE(window_seconds) ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: COLUMN instagram_rate_limits.calls_percent; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(calls_percent) ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT UPDATE(calls_percent) ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: COLUMN instagram_rate_limits.time_percent; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(time_percent) ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT UPDATE(time_percent) ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: COLUMN instagram_rate_limits.cpu_time_percent; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(cpu_time_percent) ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT UPDATE(cpu_time_percent) ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: COLUMN instagram_rate_limits.quota_total; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(quota_total) ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT UPDATE(quota_total) ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: COLUMN instagram_rate_limits.quota_used; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(quota_used) ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT UPDATE(quota_used) ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: COLUMN instagram_rate_limits.reserved; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(reserved) ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT UPDATE(reserved) ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: COLUMN instagram_rate_limits.blocked_until; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(blocked_until) ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT UPDATE(blocked_until) ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: COLUMN instagram_rate_limits.read_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(read_at) ON TABLE public.instagram_rate_limits TO defeah_api;
GRANT UPDATE(read_at) ON TABLE public.instagram_rate_limits TO defeah_jobs;

-- Name: TABLE instagram_tokens; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.instagram_tokens TO defeah_api;
GRANT SELECT ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(workspace_id) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(id) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.account_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(account_id) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(account_id) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.token_ciphertext; Type: ACL; Schema: public; Owner: -

GRANT INSERT(token_ciphertext),UPDATE(token_ciphertext) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(token_ciphertext),UPDATE(token_ciphertext) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.scopes; Type: ACL; Schema: public; Owner: -

GRANT INSERT(scopes),UPDATE(scopes) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(scopes),UPDATE(scopes) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.status; Type: ACL; Schema: public; Owner: -

GRANT INSERT(status),UPDATE(status) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(status),UPDATE(status) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.issued_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(issued_at) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(issued_at) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.expires_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(expires_at),UPDATE(expires_at) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(expires_at),UPDATE(expires_at) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.refreshed_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(refreshed_at),UPDATE(refreshed_at) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(refreshed_at),UPDATE(refreshed_at) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.refresh_failures; Type: ACL; Schema: public; Owner: -

GRANT INSERT(refresh_failures),UPDATE(refresh_failures) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(refresh_failures),UPDATE(refresh_failures) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.refresh_failed_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(refresh_failed_at),UPDATE(refresh_failed_at) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(refresh_failed_at),UPDATE(refresh_failed_at) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.refresh_error; Type: ACL; Schema: public; Owner: -

GRANT INSERT(refresh_error),UPDATE(refresh_error) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(refresh_error),UPDATE(refresh_error) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: COLUMN instagram_tokens.ended_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(ended_at),UPDATE(ended_at) ON TABLE public.instagram_tokens TO defeah_api;
GRANT INSERT(ended_at),UPDATE(ended_at) ON TABLE public.instagram_tokens TO defeah_jobs;

-- Name: TABLE media_objects; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.media_objects TO defeah_api;
GRANT SELECT,DELETE ON TABLE public.media_objects TO defeah_jobs;

-- Name: COLUMN media_objects.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.media_objects TO defeah_api;

-- Name: COLUMN media_objects.sha256; Type: ACL; Schema: public; Owner: -

GRANT INSERT(sha256) ON TABLE public.media_objects TO defeah_api;

-- Name: COLUMN media_objects.bytes; Type: ACL; Schema: public; Owner: -

GRANT INSERT(bytes) ON TABLE public.media_objects TO defeah_api;

-- Name: COLUMN media_objects.content_type; Type: ACL; Schema: public; Owner: -

GRANT INSERT(content_type) ON TABLE public.media_objects TO defeah_api;

-- Name: COLUMN media_objects.object_key; Type: ACL; Schema: public; Owner: -

GRANT INSERT(object_key),UPDATE(object_key) ON TABLE public.media_objects TO defeah_api;

-- Name: COLUMN media_objects.upload_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(upload_id),UPDATE(upload_id) ON TABLE public.media_objects TO defeah_api;

-- Name: COLUMN media_objects.missing_since; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(missing_since) ON TABLE public.media_objects TO defeah_api;
GRANT UPDATE(missing_since) ON TABLE public.media_objects TO defeah_jobs;

-- Name: TABLE media_quotas; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.media_quotas TO defeah_api;
GRANT SELECT ON TABLE public.media_quotas TO defeah_jobs;

-- Name: TABLE media_sweeps; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.media_sweeps TO defeah_jobs;

-- Name: COLUMN media_sweeps.after_key; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(after_key) ON TABLE public.media_sweeps TO defeah_jobs;

-- Name: TABLE media_usage; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.media_usage TO defeah_api;
GRANT SELECT ON TABLE public.media_usage TO defeah_jobs;

-- Name: TABLE outbox; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.outbox TO defeah_api;
GRANT SELECT,DELETE ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.outbox TO defeah_api;
GRANT INSERT(id) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.kind; Type: ACL; Schema: public; Owner: -

GRANT INSERT(kind) ON TABLE public.outbox TO defeah_api;
GRANT INSERT(kind) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.outbox TO defeah_api;
GRANT INSERT(user_id) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.outbox TO defeah_api;
GRANT INSERT(workspace_id) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.subject_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(subject_id) ON TABLE public.outbox TO defeah_api;
GRANT INSERT(subject_id) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.status; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(status) ON TABLE public.outbox TO defeah_api;
GRANT UPDATE(status) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.due_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(due_at) ON TABLE public.outbox TO defeah_api;
GRANT INSERT(due_at),UPDATE(due_at) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.attempts; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(attempts) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.fence; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(fence) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.leased_until; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(leased_until) ON TABLE public.outbox TO defeah_api;
GRANT UPDATE(leased_until) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.last_error; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(last_error) ON TABLE public.outbox TO defeah_jobs;

-- Name: COLUMN outbox.finished_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(finished_at) ON TABLE public.outbox TO defeah_api;
GRANT UPDATE(finished_at) ON TABLE public.outbox TO defeah_jobs;

-- Name: TABLE post_approvals; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.post_approvals TO defeah_api;
GRANT SELECT ON TABLE public.post_approvals TO defeah_jobs;

-- Name: COLUMN post_approvals.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.post_approvals TO defeah_api;

-- Name: COLUMN post_approvals.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.post_approvals TO defeah_api;

-- Name: COLUMN post_approvals.post_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(post_id) ON TABLE public.post_approvals TO defeah_api;

-- Name: COLUMN post_approvals.content_revision; Type: ACL; Schema: public; Owner: -

GRANT INSERT(content_revision) ON TABLE public.post_approvals TO defeah_api;

-- Name: COLUMN post_approvals.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.post_approvals TO defeah_api;

-- Name: COLUMN post_approvals.decision; Type: ACL; Schema: public; Owner: -

GRANT INSERT(decision) ON TABLE public.post_approvals TO defeah_api;

-- Name: COLUMN post_approvals.reason; Type: ACL; Schema: public; Owner: -

GRANT INSERT(reason) ON TABLE public.post_approvals TO defeah_api;

-- Name: TABLE post_media; Type: ACL; Schema: public; Owner: -

GRANT SELECT,INSERT,DELETE ON TABLE public.post_media TO defeah_api;
GRANT SELECT ON TABLE public.post_media TO defeah_jobs;

-- Name: COLUMN post_media.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.post_media TO defeah_jobs;

-- Name: COLUMN post_media.post_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(post_id) ON TABLE public.post_media TO defeah_jobs;

-- Name: COLUMN post_media."position"; Type: ACL; Schema: public; Owner: -

GRANT INSERT("position") ON TABLE public.post_media TO defeah_jobs;

-- Name: COLUMN post_media.media_id; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(media_id) ON TABLE public.post_media TO defeah_api;
GRANT INSERT(media_id) ON TABLE public.post_media TO defeah_jobs;

-- Name: COLUMN post_media.alt_text; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(alt_text) ON TABLE public.post_media TO defeah_api;
GRANT INSERT(alt_text) ON TABLE public.post_media TO defeah_jobs;

-- Name: COLUMN post_media.user_tags; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(user_tags) ON TABLE public.post_media TO defeah_api;
GRANT INSERT(user_tags) ON TABLE public.post_media TO defeah_jobs;

-- Name: COLUMN post_media.product_tags; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(product_tags) ON TABLE public.post_media TO defeah_api;
GRANT INSERT(product_tags) ON TABLE public.post_media TO defeah_jobs;

-- Name: TABLE post_notes; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.post_notes TO defeah_api;
GRANT SELECT,DELETE ON TABLE public.post_notes TO defeah_jobs;

-- Name: COLUMN post_notes.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.post_notes TO defeah_api;

-- Name: COLUMN post_notes.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.post_notes TO defeah_api;

-- Name: COLUMN post_notes.post_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(post_id) ON TABLE public.post_notes TO defeah_api;

-- Name: COLUMN post_notes.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.post_notes TO defeah_api;

-- Name: COLUMN post_notes.text; Type: ACL; Schema: public; Owner: -

GRANT INSERT(text) ON TABLE public.post_notes TO defeah_api;

-- Name: TABLE post_occurrences; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.post_occurrences TO defeah_api;
GRANT SELECT ON TABLE public.post_occurrences TO defeah_jobs;

-- Name: COLUMN post_occurrences.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.post_occurrences TO defeah_jobs;

-- Name: COLUMN post_occurrences.recurring_post_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(recurring_post_id) ON TABLE public.post_occurrences TO defeah_jobs;

-- Name: COLUMN post_occurrences.occurs_on; Type: ACL; Schema: public; Owner: -

GRANT INSERT(occurs_on) ON TABLE public.post_occurrences TO defeah_jobs;

-- Name: COLUMN post_occurrences.post_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(post_id) ON TABLE public.post_occurrences TO defeah_jobs;

-- Name: COLUMN post_occurrences.local_time; Type: ACL; Schema: public; Owner: -

GRANT INSERT(local_time) ON TABLE public.post_occurrences TO defeah_jobs;

-- Name: COLUMN post_occurrences.time_zone; Type: ACL; Schema: public; Owner: -

GRANT INSERT(time_zone) ON TABLE public.post_occurrences TO defeah_jobs;

-- Name: TABLE post_recurrences; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.post_recurrences TO defeah_api;
GRANT SELECT ON TABLE public.post_recurrences TO defeah_jobs;

-- Name: COLUMN post_recurrences.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.post_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(post_id) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.frequency; Type: ACL; Schema: public; Owner: -

GRANT INSERT(frequency),UPDATE(frequency) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences."interval"; Type: ACL; Schema: public; Owner: -

GRANT INSERT("interval"),UPDATE("interval") ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.weekdays; Type: ACL; Schema: public; Owner: -

GRANT INSERT(weekdays),UPDATE(weekdays) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.month_days; Type: ACL; Schema: public; Owner: -

GRANT INSERT(month_days),UPDATE(month_days) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.local_time; Type: ACL; Schema: public; Owner: -

GRANT INSERT(local_time),UPDATE(local_time) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.fold; Type: ACL; Schema: public; Owner: -

GRANT INSERT(fold),UPDATE(fold) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.time_zone; Type: ACL; Schema: public; Owner: -

GRANT INSERT(time_zone),UPDATE(time_zone) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.starts_on; Type: ACL; Schema: public; Owner: -

GRANT INSERT(starts_on),UPDATE(starts_on) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.ends_on; Type: ACL; Schema: public; Owner: -

GRANT INSERT(ends_on),UPDATE(ends_on) ON TABLE public.post_recurrences TO defeah_api;

-- Name: COLUMN post_recurrences.look_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(look_at),UPDATE(look_at) ON TABLE public.post_recurrences TO defeah_api;
GRANT UPDATE(look_at) ON TABLE public.post_recurrences TO defeah_jobs;

-- Name: TABLE post_status_history; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.post_status_history TO defeah_api;
GRANT SELECT ON TABLE public.post_status_history TO defeah_jobs;

-- Name: TABLE post_status_moves; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.post_status_moves TO defeah_api;
GRANT SELECT ON TABLE public.post_status_moves TO defeah_jobs;

-- Name: TABLE posting_slots; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.posting_slots TO defeah_api;
GRANT SELECT ON TABLE public.posting_slots TO defeah_jobs;

-- Name: COLUMN posting_slots.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.posting_slots TO defeah_api;

-- Name: COLUMN posting_slots.account_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(account_id) ON TABLE public.posting_slots TO defeah_api;

-- Name: COLUMN posting_slots.time_zone; Type: ACL; Schema: public; Owner: -

GRANT INSERT(time_zone),UPDATE(time_zone) ON TABLE public.posting_slots TO defeah_api;

-- Name: COLUMN posting_slots.slots; Type: ACL; Schema: public; Owner: -

GRANT INSERT(slots),UPDATE(slots) ON TABLE public.posting_slots TO defeah_api;

-- Name: TABLE schema_migrations; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.schema_migrations TO defeah_api;
GRANT SELECT ON TABLE public.schema_migrations TO defeah_jobs;
GRANT SELECT ON TABLE public.schema_migrations TO defeah_monitor;

-- Name: TABLE user_email_index; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.user_email_index TO defeah_api;
GRANT SELECT,DELETE ON TABLE public.user_email_index TO defeah_jobs;

-- Name: COLUMN user_email_index.key_version; Type: ACL; Schema: public; Owner: -

GRANT INSERT(key_version) ON TABLE public.user_email_index TO defeah_api;
GRANT INSERT(key_version) ON TABLE public.user_email_index TO defeah_jobs;

-- Name: COLUMN user_email_index.digest; Type: ACL; Schema: public; Owner: -

GRANT INSERT(digest) ON TABLE public.user_email_index TO defeah_api;
GRANT INSERT(digest) ON TABLE public.user_email_index TO defeah_jobs;

-- Name: COLUMN user_email_index.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.user_email_index TO defeah_api;
GRANT INSERT(user_id) ON TABLE public.user_email_index TO defeah_jobs;

-- Name: TABLE user_passkeys; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.user_passkeys TO defeah_api;
GRANT DELETE ON TABLE public.user_passkeys TO defeah_jobs;

-- Name: COLUMN user_passkeys.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.user_passkeys TO defeah_api;
GRANT SELECT(id) ON TABLE public.user_passkeys TO defeah_jobs;

-- Name: COLUMN user_passkeys.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.user_passkeys TO defeah_api;
GRANT SELECT(user_id) ON TABLE public.user_passkeys TO defeah_jobs;

-- Name: COLUMN user_passkeys.credential_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(credential_id) ON TABLE public.user_passkeys TO defeah_api;

-- Name: COLUMN user_passkeys.public_key; Type: ACL; Schema: public; Owner: -

GRANT INSERT(public_key) ON TABLE public.user_passkeys TO defeah_api;

-- Name: COLUMN user_passkeys.sign_count; Type: ACL; Schema: public; Owner: -

GRANT INSERT(sign_count),UPDATE(sign_count) ON TABLE public.user_passkeys TO defeah_api;

-- Name: COLUMN user_passkeys.transports; Type: ACL; Schema: public; Owner: -

GRANT INSERT(transports) ON TABLE public.user_passkeys TO defeah_api;
GRANT SELECT(transports) ON TABLE public.user_passkeys TO defeah_jobs;

-- Name: COLUMN user_passkeys.is_backed_up; Type: ACL; Schema: public; Owner: -

GRANT INSERT(is_backed_up),UPDATE(is_backed_up) ON TABLE public.user_passkeys TO defeah_api;
GRANT SELECT(is_backed_up) ON TABLE public.user_passkeys TO defeah_jobs;

-- Name: COLUMN user_passkeys.aaguid; Type: ACL; Schema: public; Owner: -

GRANT INSERT(aaguid) ON TABLE public.user_passkeys TO defeah_api;
GRANT SELECT(aaguid) ON TABLE public.user_passkeys TO defeah_jobs;

-- Name: COLUMN user_passkeys.device; Type: ACL; Schema: public; Owner: -

GRANT INSERT(device) ON TABLE public.user_passkeys TO defeah_api;
GRANT SELECT(device) ON TABLE public.user_passkeys TO defeah_jobs;

-- Name: COLUMN user_passkeys.last_used_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(last_used_at) ON TABLE public.user_passkeys TO defeah_api;
GRANT SELECT(last_used_at) ON TABLE public.user_passkeys TO defeah_jobs;

-- Name: COLUMN user_passkeys.created_at; Type: ACL; Schema: public; Owner: -

GRANT SELECT(created_at) ON TABLE public.user_passkeys TO defeah_jobs;

-- Name: TABLE user_recovery_codes; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.user_recovery_codes TO defeah_api;
GRANT DELETE ON TABLE public.user_recovery_codes TO defeah_jobs;

-- Name: COLUMN user_recovery_codes.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.user_recovery_codes TO defeah_api;
GRANT SELECT(user_id) ON TABLE public.user_recovery_codes TO defeah_jobs;

-- Name: COLUMN user_recovery_codes.digest; Type: ACL; Schema: public; Owner: -

GRANT INSERT(digest) ON TABLE public.user_recovery_codes TO defeah_api;

-- Name: COLUMN user_recovery_codes.used_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(used_at) ON TABLE public.user_recovery_codes TO defeah_api;
GRANT SELECT(used_at) ON TABLE public.user_recovery_codes TO defeah_jobs;

-- Name: COLUMN user_recovery_codes.created_at; Type: ACL; Schema: public; Owner: -

GRANT SELECT(created_at) ON TABLE public.user_recovery_codes TO defeah_jobs;

-- Name: TABLE user_totp; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.user_totp TO defeah_api;
GRANT DELETE ON TABLE public.user_totp TO defeah_jobs;

-- Name: COLUMN user_totp.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.user_totp TO defeah_api;
GRANT SELECT(user_id) ON TABLE public.user_totp TO defeah_jobs;

-- Name: COLUMN user_totp.data_key_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(data_key_id),UPDATE(data_key_id) ON TABLE public.user_totp TO defeah_api;
GRANT SELECT(data_key_id),UPDATE(data_key_id) ON TABLE public.user_totp TO defeah_jobs;

-- Name: COLUMN user_totp.secret_ciphertext; Type: ACL; Schema: public; Owner: -

GRANT INSERT(secret_ciphertext),UPDATE(secret_ciphertext) ON TABLE public.user_totp TO defeah_api;
GRANT SELECT(secret_ciphertext),UPDATE(secret_ciphertext) ON TABLE public.user_totp TO defeah_jobs;

-- Name: COLUMN user_totp.confirmed_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(confirmed_at) ON TABLE public.user_totp TO defeah_api;
GRANT SELECT(confirmed_at) ON TABLE public.user_totp TO defeah_jobs;

-- Name: COLUMN user_totp.last_step; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(last_step) ON TABLE public.user_totp TO defeah_api;

-- Name: TABLE workspace_approvers; Type: ACL; Schema: public; Owner: -

GRANT SELECT,DELETE ON TABLE public.workspace_approvers TO defeah_api;
GRANT SELECT ON TABLE public.workspace_approvers TO defeah_jobs;

-- Name: COLUMN workspace_approvers.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.workspace_approvers TO defeah_api;

-- Name: COLUMN workspace_approvers.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.workspace_approvers TO defeah_api;

-- Name: TABLE workspace_invitations; Type: ACL; Schema: public; Owner: -

GRANT SELECT ON TABLE public.workspace_invitations TO defeah_api;

-- Name: COLUMN workspace_invitations.workspace_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(workspace_id) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(workspace_id) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(id) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(id) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.user_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(user_id) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(user_id) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.role; Type: ACL; Schema: public; Owner: -

GRANT INSERT(role) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(role) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.data_key_id; Type: ACL; Schema: public; Owner: -

GRANT INSERT(data_key_id),UPDATE(data_key_id) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(data_key_id),UPDATE(data_key_id) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.email_ciphertext; Type: ACL; Schema: public; Owner: -

GRANT INSERT(email_ciphertext),UPDATE(email_ciphertext) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(email_ciphertext),UPDATE(email_ciphertext) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.index_key_version; Type: ACL; Schema: public; Owner: -

GRANT INSERT(index_key_version),UPDATE(index_key_version) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(index_key_version),UPDATE(index_key_version) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.email_digest; Type: ACL; Schema: public; Owner: -

GRANT INSERT(email_digest),UPDATE(email_digest) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(email_digest),UPDATE(email_digest) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.token_digest; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(token_digest) ON TABLE public.workspace_invitations TO defeah_api;
GRANT UPDATE(token_digest) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.expires_at; Type: ACL; Schema: public; Owner: -

GRANT INSERT(expires_at) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(expires_at) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.accepted_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(accepted_at) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(accepted_at) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.accepted_by; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(accepted_by) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(accepted_by) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.revoked_at; Type: ACL; Schema: public; Owner: -

GRANT UPDATE(revoked_at) ON TABLE public.workspace_invitations TO defeah_api;
GRANT SELECT(revoked_at),UPDATE(revoked_at) ON TABLE public.workspace_invitations TO defeah_jobs;

-- Name: COLUMN workspace_invitations.created_at; Type: ACL; Schema: public; Owner: -

GRANT SELECT(created_at) ON TABLE public.workspace_invitations TO defeah_jobs;
