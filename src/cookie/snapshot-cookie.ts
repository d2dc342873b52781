/** The name of the cookie beside the session's that carries a snapshot of it: with the same prefix, and so under the same rules. */
export function snapshotName(sessionName: string): string {
  return `${sessionName}-snapshot`;
}
