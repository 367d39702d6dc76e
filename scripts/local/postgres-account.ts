import { chownSync, existsSync, statSync } from 'node:fs'
import { LocalError, run } from './process.ts'

export type Account = {
  /** For spawn, where Node itself changes the user. */
  identity: { uid: number; gid: number } | Record<string, never>
  wrap: (command: string, args: string[]) => [string, ...string[]]
  own: (path: string) => void
  hint: string
}

/**
 * PostgreSQL refuses to run as root. As root we take another account, and setpriv leaves it the one capability that lets it
 * pass folders closed to it: the clone may lie in a 0700 home. `no_setuid_fixup` makes access(2) honour that capability.
 */
export async function chooseAccount(directory: string): Promise<Account> {
  if (process.getuid?.() !== 0) {
    refuseForeignFolder(directory)
    return { identity: {}, wrap: (command, args) => [command, ...args], own: () => {}, hint: '' }
  }
  const { uid, gid } = ownerOf(directory) ?? (await accountNamed('postgres')) ?? { uid: 65534, gid: 65534 }
  const own = (path: string) => chownSync(path, uid, gid)
  const setpriv = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups']
  setpriv.push('--securebits', '+no_setuid_fixup', '--inh-caps', '+dac_override', '--ambient-caps', '+dac_override')
  const trial = await run('setpriv', [...setpriv, 'true'])
  if (trial.code === 0)
    return { identity: {}, wrap: (command, args) => ['setpriv', ...setpriv, command, ...args], own, hint: '' }
  const hint = ` as user ${uid} (root cannot run PostgreSQL, and setpriv is not usable here: keep the clone where user ${uid} may enter, or run as an ordinary user)`
  return { identity: { uid, gid }, wrap: (command, args) => [command, ...args], own, hint }
}

function refuseForeignFolder(directory: string): void {
  if (!existsSync(directory) || statSync(directory).uid === process.getuid?.()) return
  throw new LocalError(`${directory} belongs to another user: run as that user, or remove the folder as root`)
}

function ownerOf(directory: string): { uid: number; gid: number } | undefined {
  if (!existsSync(directory)) return undefined
  const { uid, gid } = statSync(directory)
  return uid === 0 ? undefined : { uid, gid }
}

async function accountNamed(name: string): Promise<{ uid: number; gid: number } | undefined> {
  const [uid, gid] = await Promise.all([run('id', ['-u', name]), run('id', ['-g', name])])
  return uid.code === 0 && gid.code === 0 ? { uid: Number(uid.output), gid: Number(gid.output) } : undefined
}
