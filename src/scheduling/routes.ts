import type { MemberEnv } from '../http/env.ts'
import { answerPage } from '../http/paging.ts'
import { createRouter, page, route } from '../http/route.ts'
import { listCalendar } from './calendar.ts'
import { CalendarPage, CalendarQuery } from './schema.ts'

const calendar = route({
  method: 'get',
  path: '/posts/calendar',
  tag: 'posts',
  summary: 'Posts by day, in the order of time',
  access: 'posts:read',
  query: CalendarQuery,
  responses: { 200: page(CalendarPage) },
})

export const calendarRoutes = createRouter<MemberEnv>().openapi(calendar, async (c) => {
  const { timeZone, ...days } = await listCalendar(c.get('ctx'), c.req.valid('query'))
  return answerPage(c, 'calendar', days, { timeZone })
})
