/**
 * What mails say: all texts in one place, each a function of the facts that it needs. Plain text, for people whose mail
 * program may make a link of anything; names come in as `nameInMail` lets them through.
 */

export type Message = { readonly subject: string; readonly text: string }

/** `name` is undefined where it is not fit for a mail. */
type Greeted = { readonly name: string | undefined }
type Linked = Greeted & { readonly link: string }
type Dated = Linked & { readonly when: string }
type Placed = Dated & { readonly device: string; readonly place: string }

const letter = ({ name }: Greeted, ...paragraphs: readonly string[]): string =>
  `${[name === undefined ? 'Hello,' : `Hello ${name},`, ...paragraphs].join('\n\n')}\n`

const notYou = (link: string): string =>
  `If this was not you, somebody else may have your password: change it, and end the sessions you do not know:\n\n${link}`

const device = ({ when, device: what, place }: Placed): string => `When: ${when}\nDevice: ${what}\nPlace: ${place}`

export const templates = {
  verifyEmail: (facts: Linked): Message => ({
    subject: 'Confirm your e-mail address',
    text: letter(
      facts,
      `confirm that this address is yours, with the password of your account:\n\n${facts.link}`,
      'The link is good for 24 hours. If you did not register with Defeah, ignore this mail.',
    ),
  }),
  changeEmail: (facts: Linked): Message => ({
    subject: 'Confirm your new e-mail address',
    text: letter(
      facts,
      `confirm that your Defeah account should use this address from now on:\n\n${facts.link}`,
      'The link is good for 24 hours. If you did not ask for it, ignore this mail.',
    ),
  }),
  emailChangeRequested: (facts: Dated): Message => ({
    subject: 'Your e-mail address is about to change',
    text: letter(
      facts,
      `on ${facts.when} your Defeah account was asked to use another e-mail address. Until the new one is confirmed, ` +
        'this one stays.',
      notYou(facts.link),
    ),
  }),
  resetPassword: (facts: Linked): Message => ({
    subject: 'Reset your password',
    text: letter(
      facts,
      `set a new password for your Defeah account:\n\n${facts.link}`,
      'The link is good for one hour. If you did not ask for it, ignore this mail: nothing has changed.',
    ),
  }),
  passwordChanged: (facts: Dated): Message => ({
    subject: 'Your password was changed',
    text: letter(
      facts,
      `the password of your Defeah account was changed on ${facts.when}.`,
      `If this was not you, set a new one now:\n\n${facts.link}`,
    ),
  }),
  addressRegistered: (facts: Linked & { readonly resetLink: string }): Message => ({
    subject: 'You already have an account',
    text: letter(
      facts,
      'somebody, perhaps you, tried to register with this address, which has a Defeah account already. Nothing has changed.',
      `Sign in:\n\n${facts.link}`,
      `If you have forgotten the password:\n\n${facts.resetLink}`,
    ),
  }),
  invitation: (facts: {
    readonly inviter: string | undefined
    readonly workspace: string | undefined
    readonly role: string
    readonly expires: string
    readonly link: string
  }): Message => ({
    subject: 'You are invited to a workspace on Defeah',
    text: letter(
      { name: undefined },
      `${facts.inviter ?? 'Somebody'} invites you to join ` +
        `${facts.workspace === undefined ? 'a workspace' : `the workspace "${facts.workspace}"`} on Defeah, ` +
        `with the role ${facts.role}.`,
      `Join with an account of yours, or with a new one:\n\n${facts.link}`,
      `The link is good until ${facts.expires}. If you do not know who invites you, ignore this mail.`,
    ),
  }),
  sessionReused: (facts: Placed): Message => ({
    subject: 'We have ended one of your sessions',
    text: letter(
      facts,
      'a session of your Defeah account was used from two places at once, as happens when somebody has copied it. ' +
        'We have ended it; sign in again.',
      `The session was opened from:\n\n${device(facts)}`,
      `To be safe, change your password and look through your sessions:\n\n${facts.link}`,
    ),
  }),
  newDevice: (facts: Placed): Message => ({
    subject: 'Your account was used from a new device',
    text: letter(
      facts,
      `somebody signed in to your Defeah account from a device that we have not seen before:\n\n${device(facts)}`,
      notYou(facts.link),
    ),
  }),
  factorAdded: (facts: Dated): Message => ({
    subject: 'A second factor was added to your account',
    text: letter(facts, `a second factor was added to your Defeah account on ${facts.when}.`, notYou(facts.link)),
  }),
  factorRemoved: (facts: Dated): Message => ({
    subject: 'A second factor was removed from your account',
    text: letter(facts, `a second factor was removed from your Defeah account on ${facts.when}.`, notYou(facts.link)),
  }),
  recoveryCodeUsed: (facts: Dated & { readonly left: number }): Message => ({
    subject: 'A recovery code was used',
    text: letter(
      facts,
      `a recovery code was used to sign in to your Defeah account on ${facts.when}. ` +
        `${facts.left === 1 ? 'One code is' : `${facts.left === 0 ? 'No' : facts.left} codes are`} left.`,
      notYou(facts.link),
    ),
  }),
  exportReady: (facts: Linked & { readonly expires: string }): Message => ({
    subject: 'Your data is ready',
    text: letter(
      facts,
      `the archive of everything that Defeah has about you is ready:\n\n${facts.link}`,
      `It can be had until ${facts.expires}. Whoever has the link has your data: do not pass it on.`,
    ),
  }),
  exportWaiting: (facts: Linked & { readonly expires: string }): Message => ({
    subject: 'Your data is ready',
    text: letter(
      facts,
      `the archive of everything that Defeah has about you is ready. Sign in to get it:\n\n${facts.link}`,
      `It can be had until ${facts.expires}.`,
    ),
  }),
  workspaceClosing: (facts: Linked & { readonly workspace: string | undefined; readonly closes: string }): Message => ({
    subject: 'Your workspace is going to be deleted',
    text: letter(
      facts,
      `${facts.workspace === undefined ? 'your workspace' : `your workspace "${facts.workspace}"`} on Defeah is going to ` +
        `be deleted, with all that is in it, on ${facts.closes}.`,
      `Until then an owner can keep it:\n\n${facts.link}`,
    ),
  }),
} as const
