/* Whether a password is one of those that everybody tries first; :digest! as common_passwords keeps it, in hex. */
/* @name findCommonPassword */
select exists (
  select 1
  from common_passwords p
  where p.digest = decode(:digest!, 'hex')
) as "isCommon!";
