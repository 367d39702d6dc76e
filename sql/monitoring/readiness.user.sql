/* The newest migration that this database has. */
/* @name findSchemaVersion */
select max(m.version) as "version"
from schema_migrations m;
