/**
 * What a generated statement file needs at run time. It stands in for `@pgtyped/runtime`, whose SQL parser
 * alone would weigh more than the rest of the Worker.
 */

/** A statement as generated files hold it: pgtyped's intermediate form, less what is always the same. */
type StatementIR = {
  readonly params: readonly {
    readonly name: string
    readonly required: boolean
    /** The statement takes json or jsonb here. */
    readonly isJson?: true
    /** Where the parameter stands in the statement; the ends are inclusive. */
    readonly locs: readonly { readonly a: number; readonly b: number }[]
  }[]
  readonly statement: string
}

/** Text with `$1`-style parameters, and what each of them takes, in their order. */
export type CompiledStatement = {
  readonly text: string
  readonly params: readonly { readonly name: string; readonly required: boolean; readonly isJson?: true }[]
}

/** One named statement. `Params` and `Row` exist for the type checker alone. */
export class PreparedQuery<Params, Row> {
  declare readonly paramsType: Params
  declare readonly rowType: Row
  readonly #ir: StatementIR
  #compiled: CompiledStatement | undefined

  constructor(ir: StatementIR) {
    this.#ir = ir
  }

  /** Compiled at first use, so that start-up does not pay for statements that an isolate never runs. */
  get compiled(): CompiledStatement {
    this.#compiled ??= compile(this.#ir)
    return this.#compiled
  }
}

function compile({ params, statement }: StatementIR): CompiledStatement {
  const slots = params
    .flatMap(({ locs }, index) => locs.map(({ a, b }) => ({ a, b, text: `$${index + 1}` })))
    .sort((left, right) => left.a - right.a)
  let text = ''
  let end = 0
  for (const slot of slots) {
    text += statement.slice(end, slot.a) + slot.text
    end = slot.b + 1
  }
  return { text: text + statement.slice(end), params }
}
