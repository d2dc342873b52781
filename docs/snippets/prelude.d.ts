// Names that the snippets of the documentation take for granted. Nothing here is part of the package.
// A snippet that needs a name its reader would have to define belongs in the snippet; only the obvious stands here.

interface SnippetUser {
  id: string;
  name: string;
  email: string;
  role: string;
}

/** The application's own user table. */
declare function findUser(userId: string): Promise<SnippetUser | null>;
declare function verifyPassword(email: string, password: string): Promise<SnippetUser | null>;
