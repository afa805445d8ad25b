/** Letters and digits that cannot be taken for one another when a password is read out or copied by hand. */
const ALPHABET = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789'
const LENGTH = 16

/** A random password of 16 characters (93 bits), for somebody else's first sign-in. */
export function generatePassword(): string {
  const limit = 256 - (256 % ALPHABET.length) // bytes above would make the first letters likelier
  let password = ''
  while (password.length < LENGTH) {
    for (const byte of crypto.getRandomValues(new Uint8Array(LENGTH))) {
      if (byte < limit && password.length < LENGTH) password += ALPHABET.charAt(byte % ALPHABET.length)
    }
  }
  return password
}
