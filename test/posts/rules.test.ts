import { describe, expect, test } from 'vitest'
import { findingsOf, rules } from '../../src/posts/rules.ts'
import { item, kept, ruleCases } from './rule-cases.ts'

describe('a rule of Instagram’s', () => {
  test.each(ruleCases)('$code ($level) at $at', ({ code, level, keeps, breaks, at }) => {
    const found = (content: typeof keeps) => findingsOf(content).filter((finding) => finding.code === code)
    expect(found(keeps)).toEqual([])
    const faults = found(breaks)
    expect(faults.map(({ pointer }) => pointer)).toEqual(at)
    for (const fault of faults) {
      expect(fault.level).toBe(level)
      expect(fault.detail).toMatch(/\w/)
    }
  })

  test('stands in the table once, and has a post that keeps it and one that breaks it', () => {
    const codes = rules.map(({ code }) => code)
    expect(new Set(codes).size).toBe(codes.length)
    expect([...new Set(ruleCases.map(({ code }) => code))].sort()).toEqual([...codes].sort())
  })
})

test.each(Object.values(kept))('a $kind can keep all of them at once', (content) => {
  expect(findingsOf(content)).toEqual([])
})

test('of a file that is not ready, or not known, nothing is held against a post but that', () => {
  const unknown = { contentType: null, bytes: null, width: null, height: null, durationMs: null, traits: null }
  for (const content of Object.values(kept)) {
    for (const [file, codes] of [
      [{ ...unknown, status: 'pending' }, ['media/not-ready']],
      [{ ...unknown, status: 'ready' }, []],
      [null, []],
    ] as const) {
      const media = content.media.map(({ altText }) => item(file, { altText }))
      const found = new Set(findingsOf({ ...content, media }).map(({ code }) => code))
      expect([...found]).toEqual(codes)
    }
  }
})
