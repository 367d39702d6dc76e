-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

comment on column workspaces.name is
  'As the team calls it; closing for good replaces it by a word that is the same for all. Never made from the name of '
  'a person: it is audited as it is.';
grant update (name) on workspaces to defeah_jobs;

reset role;

-- migrate:down
set local role defeah_owner;
revoke update (name) on workspaces from defeah_jobs;
comment on column workspaces.name is
  'As the team calls it. Never made from the name of a person: it is audited as it is.';
reset role;
