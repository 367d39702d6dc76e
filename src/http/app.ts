import type { ErrorHandler } from 'hono'
import { accountRoutes, recoveryRoutes } from '../accounts/routes.ts'
import { apiKeyRoutes } from '../api-keys/routes.ts'
import { auditRoutes } from '../audit/routes.ts'
import { createAccessStates } from '../auth/access-state.ts'
import { createTokenVerifier } from '../auth/access-token.ts'
import { authRoutes, sessionRoutes, wellKnownRoutes } from '../auth/routes.ts'
import { campaignRoutes } from '../campaigns/routes.ts'
import { databaseFailure } from '../db/errors.ts'
import { factorRoutes } from '../factors/routes.ts'
import { invitationRoutes, joiningRoutes } from '../invitations/routes.ts'
import { mailboxRoutes } from '../mail/routes.ts'
import { deliveryRoutes, mediaRoutes } from '../media/routes.ts'
import { memberRoutes } from '../members/routes.ts'
import { monitoringRoutes } from '../monitoring/routes.ts'
import { moveRoutes } from '../posts/move-routes.ts'
import { postRoutes } from '../posts/routes.ts'
import { privacyRoutes, receiptRoutes } from '../privacy/routes.ts'
import { recurrenceRoutes } from '../recurrence/routes.ts'
import { calendarRoutes } from '../scheduling/routes.ts'
import { slotRoutes } from '../slots/routes.ts'
import { userRoutes } from '../users/routes.ts'
import { myWorkspaceRoutes, workspaceRoutes } from '../workspaces/routes.ts'
import type { PublicEnv } from './env.ts'
import { allowOrigins, withSecurityHeaders } from './headers.ts'
import { pathRefusals } from './not-found.ts'
import { serveDocumentation } from './openapi.ts'
import { answerProblem, problemOf } from './problem-answers.ts'
import { createNetworkSubjects, drawAddress, shieldFrom } from './rate-limit.ts'
import { type Platform, requestScope } from './request-scope.ts'
import { createRouter } from './route.ts'

/** The application over a platform: the site map of the API. One per isolate. */
export function createApp(platform: Platform) {
  const app = createRouter<PublicEnv>()
  const isolate = {
    access: createAccessStates(),
    verifyAccessToken: createTokenVerifier(),
    networkSubject: createNetworkSubjects(platform.keyring),
  }

  app.use(requestScope(platform, isolate))
  app.use(withSecurityHeaders)
  app.use(allowOrigins(platform.corsOrigins))
  if (platform.shield !== undefined) app.use('/v1/*', shieldFrom(platform.shield))
  const refuse: ErrorHandler<PublicEnv> = (error, c) => {
    const problem = problemOf(error)
    const cause = problem.status >= 500 ? (problem.cause ?? error) : undefined
    const failure = databaseFailure(problem.cause)
    c.get('ctx').note({
      code: problem.code,
      ...(failure?.kind === 'constraint' ? { constraint: failure.constraint, sqlstate: failure.sqlstate } : {}),
      ...(cause instanceof Error ? { error: cause.message, stack: cause.stack } : {}),
    })
    return answerProblem(c, problem, c.get('requestId'))
  }
  app.onError(refuse)

  app.route('/', monitoringRoutes(platform))
  app.route('/', wellKnownRoutes)
  app.route('/v1', authRoutes)
  app.route('/v1', recoveryRoutes)
  app.route('/v1', sessionRoutes)
  app.route('/v1', factorRoutes)
  app.route('/v1', accountRoutes)
  app.route('/v1', userRoutes)
  app.route('/v1', apiKeyRoutes)
  app.route('/v1', myWorkspaceRoutes)
  app.route('/v1', workspaceRoutes)
  app.route('/v1', memberRoutes)
  app.route('/v1', invitationRoutes)
  app.route('/v1', joiningRoutes)
  app.route('/v1', privacyRoutes)
  app.route('/v1', receiptRoutes)
  app.route('/v1', slotRoutes)
  app.route('/v1', campaignRoutes)
  // Before the posts, or their ids would take its path.
  app.route('/v1', calendarRoutes)
  app.route('/v1', postRoutes)
  app.route('/v1', moveRoutes)
  app.route('/v1', recurrenceRoutes)
  app.route('/v1', mediaRoutes)
  app.route('/', deliveryRoutes)
  app.route('/v1', auditRoutes)
  if (platform.mailbox !== undefined) app.route('/', mailboxRoutes(platform.mailbox))
  serveDocumentation(app, platform.publicUrl)

  // Answered, not thrown: an error from here would skip what middleware still adds to the answer.
  const refusalOf = pathRefusals(app.routes)
  app.notFound(async (c) => {
    try {
      await drawAddress(c)
    } catch (error) {
      return await refuse(error as Error, c)
    }
    return await refuse(refusalOf(c.req.path), c)
  })
  return app
}
