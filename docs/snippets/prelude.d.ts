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
declare function findUserByEmail(email: string): Promise<(SnippetUser & { passwordHash: string }) | null>;
declare function verifyPassword(email: string, password: string): Promise<SnippetUser | null>;

/** An Express or Connect application. */
declare const app: {
  use(middleware: (request: SnippetRequest, response: SnippetResponse, next: (error?: unknown) => void) => void): void;
  use(
    middleware: (
      error: unknown,
      request: SnippetRequest,
      response: SnippetResponse,
      next: (error?: unknown) => void,
    ) => void,
  ): void;
  post(path: string, handler: (request: SnippetRequest, response: SnippetResponse) => unknown): void;
};
type SnippetRequest = import("node:http").IncomingMessage;
type SnippetResponse = import("node:http").ServerResponse;
