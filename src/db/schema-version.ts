// Generated from db/migrations by `npm run gen`. Do not edit.
/** The newest migration this build knows; /readyz compares it with the database. */
export const schemaVersion = '20261127120020'
