/** By what a run is signed, and in which file of its folder the signature is. */
export interface SignatureFile {
  readonly by: 'ssh' | 'minisign';
  readonly file: string;
  /** Whose: the fingerprint of an SSH key (`SHA256:…`), or minisign's public key. */
  readonly key: string;
}
