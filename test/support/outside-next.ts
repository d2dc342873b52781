// What `next/headers.js` is where no Next.js request is being answered. The root does not install Next.js: the
// adapter meets real ones in test/next, and here only the forms that are given their request, `(req, res)` and `(context)`.
function outside(name: string): never {
  throw new Error(`\`${name}\` was called outside a request scope.`);
}

export const headers = (): never => outside("headers");
export const cookies = (): never => outside("cookies");
