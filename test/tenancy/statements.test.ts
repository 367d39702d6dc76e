import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createDatabase, type FilledParams } from '../../src/db/database.ts'
import { PreparedQuery } from '../../src/db/run.ts'
import { registerUser, type SignedInUser } from '../support/client.ts'
import { dumpTenant } from '../support/dump.ts'
import { verifyEmail } from '../support/invitations.ts'
import { addClosingWorkspace } from '../support/members.ts'
import { startWorld, type World } from '../support/routes.ts'
import { createPool, queryText, type SqlPool } from '../support/sql.ts'
import { asOwner, insertTwins, type Tenant } from '../support/tenants.ts'

/**
 * Every named statement of the classes that requests run is run as one tenant with another one's ids: nothing of the
 * other's comes back, nothing of the other's changes. Files and parameters are found, not listed, so a new statement is
 * under test from its first day, or fails here until the tables below know its parameters.
 */

const root = join(import.meta.dirname, '../..')

type Statement = { name: string; file: string; isTenantClass: boolean; query: PreparedQuery<unknown, unknown> }

const modules = globSync('src/**/*.sql.ts', { cwd: root }).sort()
const statements: Statement[] = []
for (const file of modules.filter((name) => !name.endsWith('.jobs.sql.ts'))) {
  const exported: Record<string, unknown> = await import(join(root, file))
  for (const [name, query] of Object.entries(exported)) {
    if (query instanceof PreparedQuery)
      statements.push({ name, file, isTenantClass: !file.endsWith('.user.sql.ts'), query })
  }
}

/** A tenant with what only the database knows of it. */
type Party = Tenant & {
  passwordHash: string
  secret: string
  digest: string
  dataKeyId: string
  recoveryDigest: string
  challengeDigest: string
  registrationDigest: string
  secretCiphertext: string
  credentialId: string
  apiKeyId: string
  keyDigest: string
  workspaceKeyId: string
  /** A workspace of this person's that is closing. */
  closingWorkspaceId: string
  /** Digest of the token of an invitation to this person, into the own workspace. */
  tokenDigest: string
  readyExportId: string
  /** SHA-256 of the first medium, in hex. */
  mediaDigest: string
  receiptDigest: string
  auditRow: { timestamp: string; id: number }
  /** SHA-256 of a token for each purpose of its person, in hex. */
  tokens: Readonly<Record<string, string>>
  pendingEmail: string
}

/** A parameter: the tenant's own value, and values that belong to another tenant where there can be such. */
type Parameter = { own: (party: Party) => unknown; foreign?: (party: Party) => readonly unknown[] }

const constant = (value: unknown): Parameter => ({ own: () => value })
const idsOf = (list: (party: Party) => readonly string[]): Parameter => ({
  own: (party) => list(party)[0],
  foreign: list,
})
const fresh = (foreign: (party: Party) => readonly unknown[]): Parameter => ({ own: () => randomUUID(), foreign })
const none = constant(null)

const hex = () => randomBytes(32).toString('hex')
const innerMac = hex()
const macOf = ({ secret }: Party) =>
  createHash('sha256').update(Buffer.from(secret, 'hex')).update(Buffer.from(innerMac, 'hex')).digest('hex')

const newDataKeyId = randomUUID()
const ciphertext = (id: string) => `v1.${id}.x`

const campaign = idsOf(({ campaigns }) => campaigns)
const post = idsOf(({ posts }) => posts)
const anyMedia = idsOf(({ media: ids }) => ids)
const openMedia = idsOf((party) => [party.openMedia])
const account = idsOf(({ accounts }) => accounts)
const user = idsOf(({ user: { id } }) => [id])
const session = idsOf(({ user: { sessionId } }) => [sessionId])
const workspace = idsOf(({ user: { workspaceId } }) => [workspaceId])
const tokenFor = (purpose: string): Parameter => ({
  own: ({ tokens }) => tokens[purpose],
  foreign: ({ tokens }) => Object.values(tokens),
})
const underWay = idsOf(({ marker }) => [`under-way-${marker}`])
/** What a post consists of, of one tenant's; `part` is what another post names of it. */
const contentOf = ({ accounts, campaigns, media }: Party) => ({
  id: randomUUID(),
  kind: 'image',
  caption: 'Words',
  options: {},
  tags: [],
  accountId: accounts[0],
  campaignId: campaigns[0],
  coverMediaId: media[0],
  mediaIds: [media[0]],
  media: [{ mediaId: media[0], altText: 'x', userTags: [], productTags: [] }],
})
/** One member at a time is another tenant's, beside what is the own tenant's. */
const foreignContents = (party: Party) => {
  const own = contentOf(home)
  const { accountId, campaignId, coverMediaId, mediaIds, media } = contentOf(party)
  const parts = [{ accountId }, { campaignId }, { coverMediaId }, { mediaIds, media }]
  return [...parts, ...party.posts.map((id) => ({ id }))].map((part) => ({ ...own, ...part }))
}
const place: Parameter = {
  own: () => null,
  foreign: ({ posts, campaigns, user: { sessionId } }) => [...posts, ...campaigns, sessionId],
}

/** By name; `statement.parameter` where one name means different things. */
const parameters: Readonly<Record<string, Parameter>> = {
  // audit
  table: none,
  rowId: { own: () => null, foreign: ({ posts, campaigns }) => [...posts, ...campaigns] },
  operation: none,
  from: none,
  to: none,
  beforeTimestamp: { own: () => null, foreign: ({ auditRow }) => [auditRow.timestamp] },
  beforeId: place,
  'listAuditLogs.beforeId': { own: () => null, foreign: ({ auditRow }) => [auditRow.id] },
  'listAuditLogs.userId': { own: () => null, foreign: user.foreign ?? (() => []) },
  limit: constant(100),
  permittedRoles: constant(['owner', 'admin']),
  // API keys
  // Who holds the secret is whom the key is for.
  keyDigest: { own: ({ keyDigest }) => keyDigest },
  'insertApiKey.id': fresh(({ apiKeyId }) => [apiKeyId]),
  'rotateApiKey.id': idsOf(({ apiKeyId }) => [apiKeyId]),
  'revokeApiKey.id': idsOf(({ apiKeyId }) => [apiKeyId]),
  newDigest: { own: hex, foreign: ({ keyDigest }) => [keyDigest] },
  hint: constant('dfk_x'),
  scopes: constant(['posts:read']),
  accountIds: { own: ({ accounts }) => accounts, foreign: ({ accounts }) => [accounts] },
  overlapEndsAt: constant('2998-01-01T00:00:00Z'),
  usedBefore: constant('2999-01-01T00:00:00Z'),
  visibleAccountIds: { own: () => null, foreign: ({ accounts }) => [accounts] },
  // campaigns
  'findCampaign.id': campaign,
  'updateCampaign.id': campaign,
  // The first one has posts.
  'deleteCampaign.id': { ...campaign, own: ({ campaigns }) => campaigns[1] },
  'archiveCampaign.id': { ...campaign, own: ({ campaigns }) => campaigns[1] },
  'insertCampaign.id': fresh(({ campaigns }) => campaigns),
  // Who writes is the caller, never an input.
  'insertCampaign.userId': { own: user.own },
  'insertPosts.userId': { own: user.own },
  'insertPostNote.userId': { own: user.own },
  name: constant('Name'),
  objective: none,
  'insertCampaign.objective': constant('sales'),
  budgetMinor: constant(100),
  currency: constant('EUR'),
  startsOn: constant('2026-01-01'),
  endsOn: constant('2026-12-31'),
  utm: constant({ source: 'x' }),
  goals: constant([]),
  // spend
  'insertCampaignSpend.id': fresh(({ spend }) => spend),
  'insertCampaignSpend.userId': { own: user.own },
  amountMinor: constant(1),
  spentOn: constant('2026-12-01'),
  note: constant('Words'),
  corrects: idsOf(({ spend }) => spend),
  beforeDay: none,
  activeFrom: none,
  activeTo: none,
  status: none,
  versions: none,
  changed: constant(['budgetMinor', 'currency', 'startsOn', 'endsOn', 'caption', 'campaignId', 'accountId', 'media']),
  // posts
  'findPost.id': post,
  'updatePost.id': post,
  'lockPost.id': post,
  'deletePost.id': post,
  'findPostToChange.id': post,
  postId: post,
  content: { own: contentOf, foreign: foreignContents },
  contents: {
    own: (party) => [contentOf(party)],
    foreign: (party) => foreignContents(party).map((content) => [content]),
  },
  'insertPosts.posts': {
    own: (party) => [contentOf(party)],
    foreign: (party) => foreignContents(party).map((content) => [content]),
  },
  refused: constant([]),
  version: constant(1),
  tagKey: { own: () => null, foreign: ({ user: { workspaceId }, marker }) => [`${workspaceId}${marker}`] },
  usernames: { own: ({ marker }) => [marker], foreign: ({ marker }) => [[marker]] },
  'insertPostNote.id': fresh(() => []),
  text: constant('Words'),
  campaignId: campaign,
  accountId: account,
  authorId: user,
  slotAt: none,
  // recurrence: what a rule has made is deleted where it belongs to that rule's workspace alone
  frequency: constant('daily'),
  interval: constant(2),
  weekdays: constant([]),
  monthDays: constant([]),
  time: constant('10:00'),
  'upsertRecurrence.fold': constant(0),
  'upsertRecurrence.timeZone': constant('Europe/Vienna'),
  'upsertRecurrence.userId': { own: user.own },
  takenPostIds: { own: ({ posts }) => posts, foreign: ({ posts }) => [posts] },
  'findRecurrence.from': constant('2000-01-01'),
  // posting slots
  slots: constant([{ weekday: 2, time: '10:00' }]),
  'listCalendarPosts.from': constant('2000-01-01T00:00:00Z'),
  'listCalendarPosts.to': constant('2999-01-01T00:00:00Z'),
  afterTime: none,
  afterId: none,
  times: constant(['2998-01-01T00:00:00Z']),
  kind: constant('image'),
  'movePost.id': post,
  'movePost.status': constant('in_review'),
  scheduledAt: none,
  localTime: none,
  fold: none,
  post: constant({}),
  // The fourth one is in review, over its second version.
  'insertPostApproval.id': { own: ({ posts }) => posts[3], foreign: ({ posts }) => posts },
  'insertPostApproval.version': constant(2),
  approvalId: fresh(({ posts }) => posts),
  contentRevision: constant(1),
  decision: constant('approved'),
  approverIds: { own: ({ user: { id } }) => [id], foreign: ({ user: { id } }) => [[id]] },
  approvingRoles: constant(['owner']),
  approvalPolicy: constant('all'),
  // media
  'findMediaFile.id': anyMedia,
  'insertMediaFile.id': fresh(({ openMedia }) => [openMedia]),
  'insertMediaFile.userId': { own: user.own },
  'insertFetchedFile.id': fresh(({ openMedia }) => [openMedia]),
  'updateReadyFile.id': openMedia,
  'updateReusingFile.id': openMedia,
  'updateRejectedFile.id': openMedia,
  'deleteMediaFile.id': openMedia,
  sameSourceId: anyMedia,
  declaredSha256: { own: ({ mediaDigest }) => mediaDigest, foreign: ({ mediaDigest }) => [mediaDigest] },
  sha256: { own: hex, foreign: ({ mediaDigest }) => [mediaDigest] },
  declaredContentType: constant('image/jpeg'),
  contentType: constant('image/jpeg'),
  foundContentType: none,
  foundBytes: none,
  fileName: constant('a.jpg'),
  bytes: constant(1000),
  maxBytes: constant(1000),
  uploadExpiresAt: constant('2999-01-01T00:00:00Z'),
  rejectionCode: constant('media/unreadable'),
  objectKey: constant('media/x'),
  uploadId: idsOf((party) => [party.openMedia]),
  hasLeavings: constant(true),
  width: constant(100),
  height: constant(100),
  durationMs: none,
  traits: constant({ kind: 'image' }),
  // idempotency
  idempotencyPrincipal: user,
  idempotencyKey: { own: () => randomUUID(), foreign: ({ idempotencyKeys }) => idempotencyKeys },
  'findIdempotencyRecord.idempotencyKey': {
    own: ({ idempotencyKeys: [key] }) => key,
    foreign: ({ idempotencyKeys }) => idempotencyKeys,
  },
  // Who sends it is the caller, never an input.
  'findUserIdempotencyRecord.idempotencyPrincipal': { own: user.own },
  'findUserIdempotencyRecord.idempotencyKey': {
    own: ({ idempotencyKeys: [key] }) => `outside-${key}`,
    foreign: ({ idempotencyKeys }) => idempotencyKeys.map((key) => `outside-${key}`),
  },
  'finishIdempotencyRecord.idempotencyKey': underWay,
  'releaseIdempotencyRecord.idempotencyKey': underWay,
  'claimUserIdempotencyRecord.idempotencyPrincipal': { own: user.own },
  'finishUserIdempotencyRecord.idempotencyKey': underWay,
  'finishUserIdempotencyRecord.idempotencyPrincipal': { own: user.own },
  'releaseUserIdempotencyRecord.idempotencyKey': underWay,
  'releaseUserIdempotencyRecord.idempotencyPrincipal': { own: user.own },
  leaseSeconds: constant(60),
  fence: constant(1),
  answer: constant({}),
  answerStatus: constant(201),
  idempotencyRoute: constant('POST /v1/x'),
  idempotencyFingerprint: constant('0'.repeat(64)),
  idempotencyFingerprints: constant(['0'.repeat(64)]),
  // people and their sessions: bound to the user, or to what only this user knows
  userId: { own: user.own },
  'registerAccount.userId': fresh(({ user: { id } }) => [id]),
  'registerAccount.sessionId': fresh(({ user: { sessionId } }) => [sessionId]),
  'registerAccount.digests': { own: () => [hex()], foreign: ({ digest }) => [[digest]] },
  sessionId: session,
  keptSessionId: session,
  'insertSession.id': fresh(({ user: { sessionId } }) => [sessionId]),
  wantedWorkspaceId: workspace,
  claimedWorkspaceId: workspace,
  newWorkspaceId: fresh(({ user: { workspaceId } }) => [workspaceId]),
  dataKeyId: { own: () => newDataKeyId, foreign: ({ dataKeyId }) => [dataKeyId] },
  'findAccountByEmail.digests': { own: ({ digest }) => [digest] },
  keyVersions: constant([1]),
  // Whoever knows an address can have a mail sent to it: that is all these do.
  'insertResetMail.digests': { own: ({ digest }) => [digest] },
  'insertAddressRegistered.digests': { own: ({ digest }) => [digest] },
  'updateEmail.digests': { own: () => [hex()], foreign: ({ digest }) => [[digest]] },
  tokenDigest: tokenFor('email_verification'),
  // Whoever holds the token is its user, for all that this statement can know.
  'findAccountByToken.tokenDigest': { own: ({ tokens }) => tokens['email_verification'] },
  'updateEmail.tokenDigest': tokenFor('email_change'),
  'updatePasswordByToken.tokenDigest': tokenFor('password_reset'),
  'updateEmail.pendingEmailCiphertext': { own: ({ pendingEmail }) => pendingEmail },
  pendingEmailCiphertext: { own: ({ dataKeyId }) => ciphertext(dataKeyId) },
  'updateEmail.emailCiphertext': { own: ({ dataKeyId }) => ciphertext(dataKeyId) },
  outboxId: constant(randomUUID()),
  noticeId: constant(randomUUID()),
  countedSince: constant('2000-01-01T00:00:00Z'),
  maxMails: constant(100),
  maxUnprovedMails: constant(100),
  maxOwnMails: constant(100),
  maxAddressMails: constant(100),
  // Keyed hashes of an address and the day: who counts by one need not be who counted by it before.
  ownSubject: constant('cd'.repeat(32)),
  workspaceSubject: constant('ef'.repeat(32)),
  countedUntil: constant('2999-01-01T00:00:00Z'),
  mayMail: constant(true),
  oldHash: { own: ({ passwordHash }) => passwordHash, foreign: ({ passwordHash }) => [passwordHash] },
  mac: { own: macOf },
  innerMacs: constant([innerMac]),
  nextInnerMac: constant(innerMac),
  innerMac: constant(innerMac),
  generation: constant(0),
  newHash: constant('$scrypt$new'),
  'registerAccount.emailCiphertext': constant(ciphertext(newDataKeyId)),
  'registerAccount.nameCiphertext': constant(ciphertext(newDataKeyId)),
  nameCiphertext: { own: ({ dataKeyId }) => ciphertext(dataKeyId) },
  passwordHash: { own: ({ passwordHash }) => passwordHash, foreign: ({ passwordHash }) => [passwordHash] },
  'registerAccount.passwordHash': constant('$scrypt$x'),
  'updateUser.dataKeyId': { own: ({ dataKeyId }) => dataKeyId, foreign: ({ dataKeyId }) => [dataKeyId] },
  wrappedKey: constant('v1.x'),
  kekVersion: constant(1),
  workspaceName: constant('My workspace'),
  locale: constant('en'),
  timeZone: constant('UTC'),
  device: none,
  place: none,
  address: none,
  reason: constant('revoked'),
  now: { own: () => new Date().toISOString() },
  leewayStartedAt: constant('2000-01-01T00:00:00Z'),
  idleExpiresAt: constant('2999-01-01T00:00:00Z'),
  absoluteExpiresAt: constant('2999-01-01T00:00:00Z'),
  // second factors
  provedSince: constant('2000-01-01T00:00:00Z'),
  isConfirmed: constant(false),
  step: constant(1),
  'upsertTotp.dataKeyId': { own: ({ dataKeyId }) => dataKeyId, foreign: ({ dataKeyId }) => [dataKeyId] },
  'upsertTotp.secretCiphertext': { own: ({ dataKeyId }) => ciphertext(dataKeyId) },
  'confirmTotp.secretCiphertext': {
    own: ({ secretCiphertext }) => secretCiphertext,
    foreign: ({ secretCiphertext }) => [secretCiphertext],
  },
  recoveryDigests: constant([hex()]),
  recoveryDigest: { own: ({ recoveryDigest }) => recoveryDigest, foreign: ({ recoveryDigest }) => [recoveryDigest] },
  challengeDigest: { own: ({ challengeDigest }) => challengeDigest },
  'insertPasskey.challengeDigest': { own: ({ registrationDigest }) => registrationDigest },
  'insertPasskeyChallenge.challengeDigest': constant(hex()),
  'insertSecondFactorChallenge.challengeDigest': constant(hex()),
  'insertPasskeyChallenge.id': fresh(({ passkey }) => [passkey]),
  'insertSecondFactorChallenge.id': fresh(({ passkey }) => [passkey]),
  'insertPasskey.id': fresh(({ passkey }) => [passkey]),
  'deletePasskey.id': { own: ({ passkey }) => passkey, foreign: ({ passkey }) => [passkey] },
  passkeyId: { own: ({ passkey }) => passkey, foreign: ({ passkey }) => [passkey] },
  credentialId: { own: () => 'new-credential' },
  'findSecondFactorChallenge.credentialId': {
    own: ({ credentialId }) => credentialId,
    foreign: ({ credentialId }) => [credentialId],
  },
  'insertPasskey.credentialId': { own: () => 'new-credential', foreign: ({ credentialId }) => [credentialId] },
  publicKey: constant('00'),
  signCount: constant(1),
  transports: constant(['usb']),
  isBackedUp: constant(false),
  aaguid: constant(randomUUID()),
  maxAnswers: constant(5),
  maxPasskeys: constant(20),
  // workspaces, members and invitations
  'insertWorkspace.id': fresh(({ user: { workspaceId } }) => [workspaceId]),
  'restoreWorkspace.wantedWorkspaceId': idsOf(({ closingWorkspaceId }) => [closingWorkspaceId]),
  graceStartedAt: constant('2000-01-01T00:00:00Z'),
  graceDays: constant(30),
  maxOwned: constant(20),
  maxOpen: constant(100),
  requiresSecondFactor: none,
  memberId: user,
  'updateMember.role': constant('owner'),
  'insertInvitation.role': constant('client'),
  'insertInvitation.userId': { own: user.own },
  invitingRoles: constant(['owner', 'admin']),
  'insertInvitation.id': fresh(({ invitations }) => invitations),
  'insertInvitation.digests': { own: () => [hex()], foreign: ({ digest }) => [[digest]] },
  'insertInvitation.dataKeyId': idsOf(({ workspaceKeyId }) => [workspaceKeyId]),
  'insertInvitation.emailCiphertext': { own: ({ workspaceKeyId }) => ciphertext(workspaceKeyId) },
  'revokeInvitation.id': idsOf(({ invitations }) => invitations),
  'acceptInvitation.tokenDigest': idsOf((party) => [party.tokenDigest]),
  'findInvitationByToken.tokenDigest': idsOf((party) => [party.tokenDigest]),
  expiresAt: constant('2999-01-01T00:00:00Z'),
  codeMailId: { own: () => randomUUID() },
  outboxIds: { own: () => [randomUUID(), randomUUID()] },
  'insertWorkspaceKey.id': fresh(({ workspaceKeyId }) => [workspaceKeyId]),
  // attempts, and what everybody tries
  subject: constant('ab'.repeat(32)),
  free: constant(5),
  noWaitUntil: constant('2000-01-01T00:00:00Z'),
  blockedUntilByFirst: constant('2000-01-01T00:00:00Z'),
  firstSeconds: constant(5),
  longestSeconds: constant(900),
  quietSince: constant('2000-01-01T00:00:00Z'),
  'claimAttempt.expiresAt': constant('2999-01-01T00:00:00Z'),
  'findCommonPassword.digest': constant('ab'.repeat(16)),
  // a person's exports and erasure
  'findExport.id': idsOf(({ exportId }) => [exportId]),
  // Signed links lead to it: here one is made without.
  linkedExportId: { own: ({ readyExportId }) => readyExportId },
  linkSessionId: session,
  'insertExport.id': fresh(({ exportId }) => [exportId]),
  // The populated person has one under way, and may have no other.
  'insertExport.userId': { own: () => newcomer.id },
  'insertExport.sessionId': { own: () => newcomer.sessionId, foreign: session.foreign ?? (() => []) },
  // Whoever has been erased is not erased again.
  'erasePerson.userId': { own: () => newcomer.id },
  since: constant('2000-01-01T00:00:00Z'),
  maxExports: constant(5),
  erasureId: fresh(() => []),
  newReceiptDigest: constant(hex()),
  receiptDigest: { own: ({ receiptDigest }) => receiptDigest },
  requestedAt: constant('2026-01-01T00:00:00Z'),
  backupsExpireAt: constant('2026-02-01T00:00:00Z'),
  // keys of the whole system
  'insertGlobalKey.id': fresh(({ dataKeyId }) => [dataKeyId]),
  purpose: constant('signing'),
  publicJwk: constant({}),
}

const filledByRuntime = new Set(['workspaceId', 'actor'])

function parameterOf({ name, file }: Statement, parameter: string): Parameter {
  const found = parameters[`${name}.${parameter}`] ?? parameters[parameter]
  if (found === undefined)
    throw new Error(`${file} ${name} takes :${parameter}: say in this test whose values it can hold`)
  return found
}

const isRequired = ({ compiled }: Statement['query'], parameter: string) =>
  compiled.params.some(({ name, required }) => name === parameter && required)

const namesOf = ({ query }: Statement) =>
  query.compiled.params.map(({ name }) => name).filter((name) => !filledByRuntime.has(name))

let world: World
let api: SqlPool
let home: Party
let away: Party
let foreignTexts: string[]
let newcomer: SignedInUser
beforeAll(async () => {
  world = await startWorld()
  api = createPool(world.app.database.apiUrl, 1)
  await asOwner(
    world.app,
    (tx) => tx`
      insert into user_sessions (user_id, workspace_id, idle_expires_at, absolute_expires_at)
      select t.user_id, t.workspace_id, now() + interval '1 day', now() + interval '1 day' from user_sessions t`,
  )
  await asOwner(
    world.app,
    (tx) => tx`
      insert into data_exports (user_id, status, object_key, bytes, sha256, expires_at, finished_at)
      select x.user_id, 'ready', 'exports/x', 1, sha256('x'), now() + interval '1 day', now() from data_exports x`,
  )
  newcomer = await registerUser(world.app)
  await insertTwins(world.app, world.away, world.home)
  for (const { user } of [world.home, world.away]) await insertWays(user)
  await asOwner(world.app, async (tx) => {
    await tx`update users set pending_email_ciphertext = 'v1.' || data_key_id || '.x'`
    await tx`
      insert into account_tokens (user_id, purpose, digest, outbox_id, expires_at)
      select u.id, p.purpose, sha256((u.id || p.purpose::text)::bytea), uuid_v7(), 'infinity'
      from users u cross join unnest(enum_range(null::account_token_purpose)) p (purpose)
      on conflict (user_id, purpose) do nothing`
    await tx`
      insert into auth_throttles (subject, attempts, blocked_until, expires_at)
      values (decode(${'ab'.repeat(32)}, 'hex'), 7, now() + interval '1 hour', now() + interval '2 hours')`
  })
  home = await partyOf(world.home)
  away = await partyOf(world.away)
  const idsIn = (dump: Record<string, string[]>) =>
    JSON.stringify(dump).match(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g) ?? []
  const own = new Set(idsIn(await dumpTenant(world.app, home.user)))
  const foreign = idsIn(await dumpTenant(world.app, away.user)).filter((id) => !own.has(id))
  foreignTexts = [...new Set([...foreign, away.marker])]
})
afterAll(() => api.end())

/** A workspace that the person can restore, and an invitation that the person can accept. */
async function insertWays({ id, workspaceId }: Tenant['user']): Promise<void> {
  await addClosingWorkspace(world.app, id)
  await verifyEmail(world.app, { id })
  await asOwner(world.app, async (tx) => {
    await tx`
      insert into workspace_invitations (
        workspace_id, user_id, role, data_key_id, email_ciphertext, index_key_version, email_digest, expires_at,
        token_digest
      )
      select i.workspace_id, i.user_id, 'client', i.data_key_id, i.email_ciphertext, e.key_version, e.digest,
        i.expires_at, ${randomBytes(32)}
      from workspace_invitations i, user_email_index e
      where i.workspace_id = ${workspaceId} and e.user_id = ${id}`
  })
}

async function partyOf(tenant: Tenant): Promise<Party> {
  const { id, sessionId, workspaceId } = tenant.user
  const [mediaId = ''] = tenant.media
  const [row] = await world.app.owner<Omit<Party, keyof Tenant | 'auditRow' | 'tokens'>[]>`
    select u.password_hash as "passwordHash", encode(s.secret, 'hex') as secret, encode(e.digest, 'hex') as digest,
      u.data_key_id as "dataKeyId", u.pending_email_ciphertext as "pendingEmail",
      encode(d.digest, 'hex') as "keyDigest", d.api_key_id as "apiKeyId",
      k.id as "workspaceKeyId", encode(i.token_digest, 'hex') as "tokenDigest",
      encode(r.digest, 'hex') as "recoveryDigest", t.secret_ciphertext as "secretCiphertext",
      encode(c.digest, 'hex') as "challengeDigest", encode(g.digest, 'hex') as "registrationDigest",
      p.credential_id as "credentialId", x.id as "readyExportId",
      encode(q.receipt_digest, 'hex') as "receiptDigest",
      (
        select encode(f.sha256, 'hex') from media_files f where f.workspace_id = ${workspaceId} and f.id = ${mediaId}
      ) as "mediaDigest",
      (
        select w.id from workspaces w where w.created_by = u.id and w.status = 'closing'
      ) as "closingWorkspaceId"
    from users u join user_email_index e on e.user_id = u.id join user_sessions s on s.id = ${sessionId}
      join api_key_digests d on d.workspace_id = ${workspaceId}
      join encryption_keys k on k.workspace_id = ${workspaceId}
      join workspace_invitations i on i.workspace_id = ${workspaceId} and i.token_digest is not null
      join user_recovery_codes r on r.user_id = u.id join user_passkeys p on p.user_id = u.id
      join auth_challenges c on c.user_id = u.id and c.purpose = 'second_factor'
      join auth_challenges g on g.user_id = u.id and g.purpose = 'passkey_registration'
      join user_totp t on t.user_id = u.id
      join data_exports x on x.user_id = u.id and x.status = 'ready' join erasure_requests q on q.user_id = u.id
    where u.id = ${id}`
  const [auditRow] = await world.app.owner<Party['auditRow'][]>`
    select a.timestamp, a.id from audit_logs a where a.workspace_id = ${workspaceId} order by a.timestamp desc limit 1`
  if (row === undefined || auditRow === undefined) throw new Error('the tenant is not all there')
  const tokens = await world.app.owner<{ purpose: string; digest: string }[]>`
    select purpose::text, encode(digest, 'hex') as digest from account_tokens where user_id = ${id}`
  const byPurpose = Object.fromEntries(tokens.map(({ purpose, digest }) => [purpose, digest]))
  return { ...tenant, ...row, auditRow, tokens: byPurpose }
}

type AnyQuery = PreparedQuery<{ id: string }, unknown>
type Outcome = { rows: unknown[]; refusal: string | undefined; mine: unknown; others: unknown }

class RolledBack extends Error {
  override readonly name = 'RolledBack'
}

/** Runs a statement as the home tenant, as the role that requests have, and takes it back. */
async function attempt({ query }: Statement, values: Record<string, unknown>): Promise<Outcome> {
  const { id: userId, sessionId, workspaceId } = home.user
  const actor = JSON.stringify({
    kind: 'user',
    id: userId,
    userId,
    sessionId,
    workspaceId,
    requestId: 'test',
    address: null,
  })
  let outcome: Outcome = { rows: [], refusal: undefined, mine: undefined, others: undefined }
  try {
    await api.transaction(async (tx) => {
      const ports = { connect: () => tx, monotonic: () => 0, onStatement: () => undefined }
      const db = createDatabase(ports, { workspaceId, actor, ...values } as FilledParams)
      const rows = await db.many(query as AnyQuery, values as never)
      const run = (text: string, given: string[]) => queryText(tx, text, given)
      const [mine, others] = [await dumpTenant(world.app, home.user, run), await dumpTenant(world.app, away.user, run)]
      outcome = { rows: [...rows], refusal: undefined, mine, others }
      throw new RolledBack()
    })
  } catch (error) {
    if (!(error instanceof RolledBack)) outcome.refusal = (error as { sqlstate?: string }).sqlstate ?? String(error)
  }
  return outcome
}

const ownValues = (statement: Statement): Record<string, unknown> =>
  Object.fromEntries(namesOf(statement).map((name) => [name, parameterOf(statement, name).own(home)]))

/** All ways to hold another tenant's value: each parameter alone, then all together. */
function foreignValues(statement: Statement): { what: string; values: Record<string, unknown> }[] {
  const foreign = namesOf(statement).flatMap((name) => {
    const values = parameterOf(statement, name).foreign?.(away) ?? []
    return values.length === 0 ? [] : [{ name, values }]
  })
  const alone = foreign.flatMap(({ name, values }) =>
    values.map((value) => ({
      what: `:${name} = ${JSON.stringify(value)}`,
      values: { ...ownValues(statement), [name]: value },
    })),
  )
  const all = Object.fromEntries(foreign.map(({ name, values }) => [name, values[0]]))
  return foreign.length > 1 ? [...alone, { what: 'all at once', values: { ...ownValues(statement), ...all } }] : alone
}

/** A new row may carry the id that was passed for it; everything else of the other tenant's is a leak. */
function leaksIn(rows: readonly unknown[], { name }: Statement, values: Record<string, unknown>): string[] {
  const text = JSON.stringify(rows)
  const posts = name === 'insertPosts' ? (values['posts'] as { id: string }[] | undefined) : undefined
  const passed = name.startsWith('insert') ? [values['id'], ...(posts ?? []).map(({ id }) => id)] : []
  return foreignTexts.filter((foreign) => !passed.includes(foreign) && text.includes(foreign))
}

// Statements that change nothing here and answer nothing: the first keys of the system and the workspace exist, no app is
// confirmed, and no workspace demands a second factor.
const withoutEffect = new Set(['insertGlobalKey', 'insertWorkspaceKey', 'deleteTotp', 'findUnprovedWorkspace'])
const intruding = new Set(['23503', '23505', '23514'])

describe.each(statements.map((statement) => [`${statement.file} ${statement.name}`, statement] as const))(
  '%s',
  (_, statement) => {
    test('works with the tenant’s own ids', async () => {
      const before = await dumpTenant(world.app, home.user)
      const others = await dumpTenant(world.app, away.user)
      const outcome = await attempt(statement, ownValues(statement))
      expect(outcome.refusal).toBeUndefined()
      const hasEffect = outcome.rows.length > 0 || JSON.stringify(outcome.mine) !== JSON.stringify(before)
      expect(hasEffect).toBe(!withoutEffect.has(statement.name))
      expect(outcome.others).toEqual(others)
      expect(leaksIn(outcome.rows, statement, {})).toEqual([])
    })

    test('finds and changes nothing of another tenant’s', async () => {
      const others = await dumpTenant(world.app, away.user)
      for (const { what, values } of foreignValues(statement)) {
        const { rows, refusal, others: after } = await attempt(statement, values)
        if (refusal !== undefined) {
          expect(intruding, `${what}: ${refusal}`).toContain(refusal)
          continue
        }
        expect(leaksIn(rows, statement, values), what).toEqual([])
        expect(after, what).toEqual(others)
      }
    })
  },
)

test('a statement with a foreign id answers no row at all where the id is what it looks for', async () => {
  const lookups = statements.filter(
    ({ name, query }) => /^(find|lock|update|delete|revoke)/.test(name) && isRequired(query, 'id'),
  )
  expect(lookups.length).toBeGreaterThan(5)
  for (const statement of lookups) {
    for (const id of parameterOf(statement, 'id').foreign?.(away) ?? []) {
      expect((await attempt(statement, { ...ownValues(statement), id })).rows, statement.name).toEqual([])
    }
  }
})

test('a session and a user that do not belong together find nothing', async () => {
  for (const statement of statements.filter(({ query }) =>
    ['sessionId', 'userId'].every((name) => isRequired(query, name)),
  )) {
    if (statement.name === 'registerAccount') continue
    for (const values of [{ userId: away.user.id }, { sessionId: away.user.sessionId }]) {
      const outcome = await attempt(statement, { ...ownValues(statement), ...values })
      expect([statement.name, outcome.rows]).toEqual([statement.name, []])
      expect(outcome.mine).toEqual(await dumpTenant(world.app, home.user))
    }
  }
})

test('every tenant statement has the workspace in it, filled by the run-time alone', () => {
  const tenantClass = statements.filter(({ isTenantClass }) => isTenantClass)
  expect(tenantClass.length).toBeGreaterThan(10)
  for (const { name, query } of tenantClass) {
    expect(isRequired(query, 'workspaceId'), name).toBe(true)
  }
})

test('a statement without a workspace does not run, and one that passes its own is not heard', async () => {
  const ports = { connect: () => api, monotonic: () => 0, onStatement: () => undefined }
  for (const { name, query } of statements.filter(({ isTenantClass }) => isTenantClass)) {
    const db = createDatabase(ports, { actor: '{}' })
    const values = { workspaceId: undefined, ...ownValues({ name, query, file: '', isTenantClass: true }) }
    await expect(db.many(query as AnyQuery, values as never), name).rejects.toThrow(':workspaceId is required')
  }
  const find = statements.find(({ name }) => name === 'findPost')
  if (find === undefined) throw new Error('findPost is gone')
  const db = createDatabase(ports, { workspaceId: home.user.workspaceId })
  const chosen = { id: away.posts[0], workspaceId: away.user.workspaceId, now: new Date().toISOString() }
  expect(await db.many(find.query as AnyQuery, chosen as never)).toEqual([])
})

test('the other tenant has something in every table that holds a tenant’s rows', async () => {
  const tables = await world.app.owner<{ name: string }[]>`
    select c.relname::text as name from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and a.attname in ('workspace_id', 'user_id')
    group by c.relname`
  const dump = await dumpTenant(world.app, away.user)
  expect(tables.map(({ name }) => name).filter((name) => dump[name] === undefined)).toEqual([])
})

test('the table of parameters holds none that no statement takes', () => {
  const taken = new Set(
    statements.flatMap((statement) => namesOf(statement).flatMap((name) => [name, `${statement.name}.${name}`])),
  )
  expect(Object.keys(parameters).filter((name) => !taken.has(name))).toEqual([])
})
