import type { FileClass } from './parse.ts'

/*
 * The functions that statements may call. A list of what is allowed, since PostgreSQL has many that read tables by a text
 * (query_to_xml, ts_stat), reach other sessions (pg_terminate_backend, pg_advisory_lock), or touch files and large objects:
 * the proof of tenancy does not see into them, and a transaction pool does not bear some of them.
 */

/** Read nothing but their arguments, or the rows that they aggregate. */
const BUILT_IN = `
  abs cbrt ceil floor round sqrt trunc greatest least mod power sign width_bucket
  avg bool_and bool_or count every max min sum array_agg string_agg json_agg jsonb_agg json_object_agg jsonb_object_agg
  first_value lag last_value lead ntile percent_rank rank dense_rank row_number percentile_cont percentile_disc
  overlaps similar_to_escape normalize is_normalized
  array_append array_length array_position array_remove array_to_string cardinality string_to_array unnest generate_series
  bit_length btrim char_length concat concat_ws format initcap left length lower lpad ltrim octet_length overlay position
  regexp_match regexp_replace repeat replace reverse right rpad rtrim split_part starts_with strpos substr substring
  to_char to_hex translate trim upper
  decode encode sha256 md5 get_byte set_byte uuid_send
  date_bin date_part date_trunc extract isfinite make_date make_interval make_time make_timestamptz timezone to_date
  to_timestamp tstzrange daterange int4range int8range lower_inc upper_inc isempty range_merge
  jsonb_array_elements jsonb_array_elements_text jsonb_array_length jsonb_build_array jsonb_build_object jsonb_each
  jsonb_each_text jsonb_object_keys jsonb_set jsonb_strip_nulls jsonb_path_exists jsonb_path_query_array jsonb_path_query_first jsonb_to_record jsonb_to_recordset jsonb_typeof to_json
  to_jsonb json_build_object
  coalesce nullif num_nonnulls num_nulls host network set_masklen inet_same_family
  current_setting set_config pg_current_xact_id pg_current_snapshot pg_snapshot_xmin pg_column_size
`

/** Read the clock or make ids; what they may be used for is checked by rules of their own. */
const AMBIENT = `
  age now clock_timestamp statement_timestamp transaction_timestamp timeofday
  uuid_v7 gen_random_uuid uuid_generate_v4 nextval random
`

const words = (text: string): string[] => text.trim().split(/\s+/)
const everywhere: ReadonlySet<string> = new Set([...words(BUILT_IN), ...words(AMBIENT)])

/** The schema's own functions, and the classes of statements that may call them. */
const OWN: Readonly<Record<string, readonly FileClass[]>> = {
  ensure_all_partitions: ['jobs'],
  content_fingerprint: ['tenant'],
  tag_keys: ['tenant'],
}

export const mayCall = (name: string, fileClass: FileClass): boolean =>
  everywhere.has(name) || (Object.hasOwn(OWN, name) && (OWN[name]?.includes(fileClass) ?? false))
