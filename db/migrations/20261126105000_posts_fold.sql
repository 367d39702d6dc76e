-- migrate:up
set local lock_timeout = '2s';
set local statement_timeout = '1min';
set local role defeah_owner;

alter table posts
  add column scheduled_fold smallint,
  add constraint posts_scheduled_fold_check check (
    scheduled_fold is null or (scheduled_fold in (0, 1) and scheduled_local is not null)
  ) not valid;

comment on column posts.scheduled_fold is
  'Which of two, where the clocks of the zone show scheduled_local twice: 0 the first, 1 the second. NULL: the first.';

grant update (scheduled_fold) on posts to defeah_api;

reset role;

-- migrate:down
set local role defeah_owner;
alter table posts
  drop constraint posts_scheduled_fold_check,
  drop column scheduled_fold;
reset role;
