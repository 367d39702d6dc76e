-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

create type ai_kind as enum ('caption', 'variants', 'hashtags', 'alt_text', 'reply', 'ideas', 'rewrite', 'translation');
create type ai_generation_status as enum ('pending', 'succeeded', 'failed', 'refused');

create table ai_generations (
  workspace_id uuid not null,
  id uuid not null default uuid_v7(),
  user_id uuid not null,
  post_id uuid,
  kind ai_kind not null,
  status ai_generation_status not null default 'pending',
  provider text not null,
  model text not null,
  template text,
  template_version integer,
  prompt text not null,
  output jsonb,
  error_code text,
  input_tokens integer,
  output_tokens integer,
  cost_micros bigint,
  currency char(3),
  latency_ms integer,
  finished_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ai_generations_pkey primary key (workspace_id, id),
  constraint ai_generations_workspace_fkey foreign key (workspace_id) references workspaces (id) on delete restrict,
  constraint ai_generations_user_fkey foreign key (user_id) references users (id) on delete restrict,
  constraint ai_generations_post_fkey foreign key (workspace_id, post_id)
    references posts (workspace_id, id) on delete set null (post_id),
  constraint ai_generations_template_check check (
    (template is null) = (template_version is null) and template_version > 0
  ),
  constraint ai_generations_usage_check check (
    input_tokens >= 0 and output_tokens >= 0 and cost_micros >= 0 and latency_ms >= 0
  ),
  constraint ai_generations_currency_check check (
    currency ~ '^[A-Z]{3}$' and (cost_micros is null) = (currency is null)
  ),
  constraint ai_generations_status_check check (
    (status = 'pending') = (finished_at is null)
    and (status = 'succeeded') = (output is not null)
    and (status = 'failed') = (error_code is not null)
  )
);

create index ai_generations_post_idx on ai_generations (workspace_id, post_id, id desc);
create index ai_generations_kind_idx on ai_generations (workspace_id, kind, id desc);
create index ai_generations_user_idx on ai_generations (user_id, workspace_id, id desc);

create trigger touch_updated_at before update on ai_generations
  for each row execute function touch_updated_at();
create trigger audit after insert or update or delete on ai_generations
  for each row execute function audit_row_change('mask=prompt,output');
create trigger refuse before truncate on ai_generations
  for each statement execute function refuse_statement();

comment on table ai_generations is 'What was asked of a language model, what it answered and what that cost.';
comment on column ai_generations.workspace_id is 'The owning workspace.';
comment on column ai_generations.id is 'The generation.';
comment on column ai_generations.user_id is 'Who asked; for an API key, who made the key.';
comment on column ai_generations.post_id is 'The post that it was made for. NULL: none, or deleted since.';
comment on column ai_generations.kind is 'What was asked for.';
comment on column ai_generations.status is
  'Pending is committed before money is spent; refused means that the model would not answer.';
comment on column ai_generations.provider is 'Whose API answered.';
comment on column ai_generations.model is 'Which model, as the provider names it.';
comment on column ai_generations.template is 'Name of the prompt template.';
comment on column ai_generations.template_version is 'Version of that template.';
comment on column ai_generations.prompt is 'pii: What the caller wrote; free text.';
comment on column ai_generations.output is 'pii: What the model answered, in the shape of its kind.';
comment on column ai_generations.error_code is 'Why it failed.';
comment on column ai_generations.input_tokens is 'As the provider counted.';
comment on column ai_generations.output_tokens is 'As the provider counted.';
comment on column ai_generations.cost_micros is 'Cost in millionths of the currency.';
comment on column ai_generations.currency is 'ISO 4217 code of the cost.';
comment on column ai_generations.latency_ms is 'Milliseconds until the last token.';
comment on column ai_generations.finished_at is 'When it stopped being pending.';
comment on column ai_generations.created_at is 'When it was asked.';
comment on column ai_generations.updated_at is 'Last real change.';

reset role;

-- migrate:down
drop table ai_generations;
drop type ai_generation_status;
drop type ai_kind;
