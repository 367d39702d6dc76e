/**
 * What a generated statement file needs at run time. It stands in for `@pgtyped/runtime`, whose SQL parser
 * alone would weigh more than the rest of the Worker.
 */

/** The intermediate form that pgtyped writes into generated files; offsets are inclusive. */
type StatementIR = {
  readonly usedParamSet: Readonly<Record<string, boolean>>
  readonly params: readonly {
    readonly name: string
    readonly required: boolean
    readonly transform: { readonly type: string }
    readonly locs: readonly { readonly a: number; readonly b: number }[]
  }[]
  readonly statement: string
}

/** Text with `$1`-style parameters, and the name that each of them takes. */
type CompiledStatement = {
  readonly text: string
  readonly names: readonly string[]
  readonly required: ReadonlySet<string>
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

function compile(ir: StatementIR): CompiledStatement {
  const names: string[] = []
  const required = new Set<string>()
  const slots: { a: number; b: number; text: string }[] = []
  for (const param of ir.params) {
    if (!(param.name in ir.usedParamSet)) continue
    if (param.transform.type !== 'scalar') throw new Error(`:${param.name} expands a list; pass an array to unnest()`)
    names.push(param.name)
    if (param.required) required.add(param.name)
    for (const { a, b } of param.locs) slots.push({ a, b, text: `$${names.length}` })
  }
  slots.sort((left, right) => left.a - right.a)
  let text = ''
  let end = 0
  for (const slot of slots) {
    text += ir.statement.slice(end, slot.a) + slot.text
    end = slot.b + 1
  }
  return { text: text + ir.statement.slice(end), names, required }
}
