/** Runs works one after another, in the order in which they came; one that fails does not hold up the next. */
export function createTurns(): <T>(work: () => Promise<T>) => Promise<T> {
  let tail: Promise<unknown> | undefined
  return (work) => {
    const turn = tail === undefined ? work() : tail.then(work)
    tail = turn.catch(() => undefined)
    return turn
  }
}
