import { expect, test } from 'vitest'
import { startApp } from '../support/app.ts'
import { differenceOf, measure, registerAddresses } from '../support/timing.ts'

test('of 200 existing and 200 missing addresses the medians are within 5 % for login, and 5 % or 1 ms for forgot', {
  timeout: 900_000,
}, async () => {
  const app = await startApp()
  const addresses = await registerAddresses(app, 200)
  const [login, forgot] = [await measure(app, 'login', addresses), await measure(app, 'forgot', addresses)]
  console.log('login', login, 'forgot', forgot)
  expect(differenceOf(login).share).toBeLessThan(0.05)
  const { share, ms } = differenceOf(forgot)
  expect(share < 0.05 || ms < 1).toBe(true)
})
